// See tests/integration/recovery/cost.

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { io } from 'socket.io-client';
import { root } from '../../support/troupe.mjs';
import { Cluster } from '../faults/cluster.mjs';

const { values: o } = parseArgs({ options: {
  sessions: { type: 'string', default: '1000' },
  json: { type: 'string' },
} });
const sessions = Number(o.sessions);
const window_ms = 20_000; // a session that lives is saved again after half of it

const results = {};
const bytes = {};
for (const recovery of [false, true]) {
  const cluster = await Cluster.start({
    nodes: 2, relays: false, directory: join(root, 'tests/artifacts/recovery/cost'),
    set: { 'recovery.enabled': recovery, 'recovery.window_ms': window_ms, 'rooms.announce_max_members': 0, 'cluster.keys.enabled': false },
  });
  try {
    await Promise.all(cluster.nodes.map((node) => node.untilReady()));
    await delay(3_000); // slots that still move to better homes
    cluster.recovery = recovery ? 'on' : 'off';
    results[cluster.recovery] = await costs(cluster);
  } finally {
    await cluster.stop();
  }
}
const table = {};
for (const [what, off] of Object.entries(results.off)) {
  const on = results.on[what];
  table[what] = { off: total(off), on: total(on), 'sent off': sent(off), 'sent on': sent(on), which: difference(off, on) };
}
console.log(`commands per session or message; sent: without those that scripts run (${sessions} sessions, ${new Date().toISOString().slice(0, 10)})`);
console.table(table);
console.log(`Redis' memory per session: ${bytes.on - bytes.off} bytes more with recovery`);
if (o.json) await writeFile(o.json, JSON.stringify(results, null, 1) + '\n');
process.exit(0);

/** Commands that Redis ran, by name: per session, or per message. */
async function costs(cluster) {
  const found = {};
  const calm = await rate(cluster, 10_000);
  const measured = async (what, deed, per = sessions) => {
    const before = await calls(cluster);
    const began = performance.now();
    await deed();
    await delay(1_000); // what follows from it
    const after = await calls(cluster);
    found[what] = {};
    for (const [name, n] of after) {
      const more = n - (before.get(name) ?? 0) - (calm.get(name) ?? 0) * (performance.now() - began);
      if (more / per > 0.02) found[what][name] = Math.round((more / per) * 100) / 100;
    }
  };
  const used = async () => Number((await cluster.redis.ask('info', 'memory')).find((line) => line.startsWith('used_memory:')).split(':')[1]);
  const empty = await used();
  const sockets = [];
  const all = (deed) => in_parts(sockets, deed);
  await measured('connect', () => in_parts(Array.from({ length: sessions }, (_, i) => i), async (i) => {
    const socket = io(cluster.nodes[i % 2].url, { forceNew: true, transports: ['websocket'], reconnection: false, timeout: 60_000, auth: { userId: `u${i}` } });
    sockets.push(socket);
    await once(socket, 'connect');
  }));
  await measured('join', () => all((socket, i) => ask(socket, 'join_room', `room-${i % 20}`)));
  bytes[cluster.recovery] = Math.round((await used() - empty) / sessions);
  await measured('10 s of silence', () => delay(9_000));
  await measured('message', async () => {
    for (let i = 0; i < 50; ++i) await Promise.all(sockets.slice(0, 20).map((socket, k) => ask(socket, 'message:send', { room: `room-${k}`, content: i })));
  }, 1_000);
  await measured('leave', () => all((socket, i) => ask(socket, 'leave_room', `room-${i % 20}`)));
  await measured('end by a goodbye', async () => { for (const socket of sockets.slice(0, sessions / 2)) socket.disconnect(); }, sessions / 2);
  await measured('end of the connection', async () => { for (const socket of sockets.slice(sessions / 2)) socket.io.engine.close(); }, sessions / 2);
  return found;
}

async function calls(cluster) {
  const lines = await cluster.redis.ask('info', 'commandstats');
  return new Map(lines.map((line) => /^cmdstat_([^:]+):calls=(\d+)/.exec(line)).filter(Boolean).map(([, name, n]) => [name, Number(n)]));
}

/** Commands per millisecond while nothing happens. */
async function rate(cluster, ms) {
  const before = await calls(cluster);
  const began = performance.now();
  await delay(ms);
  const after = await calls(cluster);
  return new Map([...after].map(([name, n]) => [name, (n - (before.get(name) ?? 0)) / (performance.now() - began)]));
}

async function in_parts(list, deed, at_once = 50) {
  for (let i = 0; i < list.length; i += at_once) await Promise.all(list.slice(i, i + at_once).map((one, k) => deed(one, i + k)));
}

async function ask(socket, ...event) {
  const answer = await socket.timeout(60_000).emitWithAck(...event);
  if (!answer.ok) throw new Error(`${event[0]}: ${JSON.stringify(answer)}`);
}

function round(n) { return Math.round(n * 100) / 100; }
function total(by_name) { return round(Object.values(by_name).reduce((sum, n) => sum + n, 0)); }
/** Scripts count as one; what they run does not. */
function sent(by_name) {
  const within = new Set(['hget', 'hset', 'pexpire', 'xadd', 'xtrim', 'xrange', 'xrevrange', 'expire', 'del', 'exists']);
  const scripts = by_name.evalsha ?? 0;
  return round(Object.entries(by_name).reduce((sum, [name, n]) => sum + (scripts && within.has(name) ? 0 : n), 0));
}
function difference(off, on) {
  return [...new Set([...Object.keys(off), ...Object.keys(on)])].map((name) => [name, round((on[name] ?? 0) - (off[name] ?? 0))])
    .filter(([, n]) => Math.abs(n) > 0.05).map(([name, n]) => `${n > 0 ? '+' : ''}${n} ${name}`).join(', ');
}
