// See tests/integration/faults/cost.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { root } from '../../support/troupe.mjs';
import { Random } from '../support/random.mjs';
import { Cluster } from './cluster.mjs';
import { Crowd } from './crowd.mjs';

const { values: o } = parseArgs({ options: {
  sizes: { type: 'string', default: '2,4,8' },
  seconds: { type: 'string', default: '20' },
  json: { type: 'string' },
} });

const counted = {
  link_messages: 'troupe_link_messages_sent_total',
  link_heartbeats: 'troupe_link_heartbeats_total',
  link_bytes: 'troupe_link_sent_bytes_total',
  redis_commands: 'troupe_redis_commands_total',
  redis_published: 'troupe_redis_published_total',
};

const results = { idle: {}, per_1000: {} };
for (const size of o.sizes.split(',').map(Number)) {
  const cluster = await started(size);
  results.idle[size] = await idle(cluster);
  console.log(`${size} nodes, idle, per node and second: ${JSON.stringify(results.idle[size])}`);
  await cluster.stop();
}
for (const [name, history] of [['with history', true], ['without history', false]]) {
  const cluster = await started(3, { 'rooms.history.enabled': history });
  results.per_1000[name] = await deeds(cluster);
  for (const [what, cost] of Object.entries(results.per_1000[name])) console.log(`3 nodes ${name}, per 1,000 ${what}: ${JSON.stringify(cost)}`);
  await cluster.stop();
}
if (o.json) await writeFile(o.json, JSON.stringify(results, null, 1) + '\n');
process.exit(0);

/** A cluster in which everybody knows everybody and no slot moves any more. */
async function started(nodes, set) {
  const cluster = await Cluster.start({ nodes, set, relays: false, directory: join(root, 'tests/artifacts/faults/cost') });
  const settled = async () => {
    const seen = await Promise.all(cluster.nodes.map((node) => values(node)));
    return seen.every((v) => v.troupe_cluster_nodes_linked === nodes - 1 && v.troupe_cluster_slots_without_home === 0);
  };
  while (!(await settled())) await delay(100);
  await delay(3_000); // slots that still move to better homes
  return cluster;
}

/** Sums over all labels, by name. */
async function values(node) {
  const text = await (await fetch(`${node.url}/metrics`)).text();
  const sums = {};
  for (const [, name, value] of text.matchAll(/^(troupe_\w+)(?:\{[^}]*\})? (\S+)$/gm)) sums[name] = (sums[name] ?? 0) + Number(value);
  return sums;
}

/** All counters of all nodes, and Redis' own, now. */
async function look(cluster) {
  const all = await Promise.all(cluster.nodes.map((node) => values(node)));
  const found = { time: performance.now() };
  for (const [name, metric] of Object.entries(counted)) found[name] = all.reduce((sum, v) => sum + (v[metric] ?? 0), 0);
  const info = await cluster.redis.ask('info', 'all');
  const of = (name) => Number(info.find((line) => line.startsWith(`${name}:`)).slice(name.length + 1));
  found.redis_ran = of('total_commands_processed');
  found.redis_cpu_ms = 1_000 * (of('used_cpu_user') + of('used_cpu_sys'));
  return found;
}

function between(a, b, by) {
  const change = {};
  for (const name of Object.keys(b)) if (name !== 'time') change[name] = Math.round((b[name] - a[name]) * by * 10) / 10;
  return change;
}

async function idle(cluster) {
  const before = await look(cluster);
  await delay(Number(o.seconds) * 1_000);
  const after = await look(cluster);
  return between(before, after, 1_000 / (after.time - before.time) / cluster.nodes.length);
}

/** What 1,000 of a thing cost, without what the cluster would have cost anyway. */
async function deeds(cluster) {
  const calm = await idle(cluster);
  const crowd = new Crowd(cluster, new Random(1), { members: 20, rooms: 10, rooms_each: 5, rate: 0 });
  await crowd.connect();
  const costs = {};
  const measured = async (what, deed) => {
    const before = await look(cluster);
    await deed();
    await delay(500); // what follows from it
    const after = await look(cluster);
    const seconds = (after.time - before.time) / 1_000;
    costs[what] = between(before, after, 1);
    for (const name of Object.keys(costs[what])) costs[what][name] = Math.max(0, Math.round(costs[what][name] - calm[name] * seconds * cluster.nodes.length));
  };
  const each = (n, f) => Promise.all(crowd.members.map(async (m) => { for (let i = 0; i < n; ++i) await f(m, i); }));
  await measured('joins of rooms that nobody was in', () => each(50, (m, i) => ask(m, 'join_room', `own-${m.user}-${i}`)));
  await each(50, (m, i) => ask(m, 'leave_room', `own-${m.user}-${i}`));
  await measured('joins of rooms that 20 users come into', () => each(50, (m, i) => ask(m, 'join_room', `shared-${i}`)));
  await measured('publishes, one after the other', async () => {
    const [m] = crowd.members;
    for (let i = 0; i < 1_000; ++i) await ask(m, 'chat:message', { room: m.rooms[i % 5], message: `a${i}` });
  });
  await measured('publishes, 100 at a time', async () => {
    for (let i = 0; i < 10; ++i) await Promise.all(crowd.members.flatMap((m) => m.rooms.map((room, k) => ask(m, 'chat:message', { room, message: `b${i}-${k}` }))));
  });
  await Promise.all(crowd.members.map((m) => m.watch(crowd.members.map((w) => w.user))));
  await measured('presence changes that 20 users watch', () => each(50, (m, i) => ask(m, 'presence:status', i % 2 ? 'away' : 'busy')));
  crowd.close();
  return costs;
}

async function ask(member, ...event) {
  const answer = await member.socket.timeout(60_000).emitWithAck(...event);
  if (!answer.ok) throw new Error(`${event[0]}: ${JSON.stringify(answer)}`);
}
