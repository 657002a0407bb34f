// See tests/integration/faults/measure.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { root } from '../../support/troupe.mjs';
import { Random } from '../support/random.mjs';
import { Cluster } from './cluster.mjs';
import { Crowd } from './crowd.mjs';
import { now } from './history.mjs';

const measures = { kill, stop, drain, redis_away, formation };

const { values: o, positionals } = parseArgs({ allowPositionals: true, options: {
  times: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
  json: { type: 'string' },
} });
const random = new Random(Number(o.seed));
const directory = join(root, 'tests/artifacts/faults', 'measure');
const results = { date: new Date().toISOString(), cpus: cpus().length, seed: Number(o.seed) };
for (const name of positionals.length ? positionals : Object.keys(measures)) {
  results[name] = await measures[name]();
  console.log(name, JSON.stringify(results[name]));
}
if (o.json) {
  await mkdir(dirname(o.json), { recursive: true });
  await writeFile(o.json, JSON.stringify(results, null, 1) + '\n');
}
process.exit(0);

/** From the fault to the first ack of a publish made after it, in the room that waited longest. */
async function kill() {
  return repeated((victim) => ({ harm: () => victim.kill(), repair: () => victim.start() }));
}

async function stop() {
  return repeated((victim) => ({ harm: () => victim.suspend(), repair: () => victim.resume(), lasting: 4_000 }));
}

async function repeated(what) {
  const { cluster, crowd, end } = await under_load({ nodes: 3, members: 30, rooms: 20, rate: 0 });
  const waits = [];
  for (let i = 0; i < Number(o.times); ++i) {
    // Every room has a member elsewhere, who notices.
    const elsewhere = (node) => crowd.members.filter((m) => m.connected && m.node !== node);
    const able = cluster.nodes.filter((node) => crowd.rooms.every((room) => elsewhere(node).some((m) => m.joined.has(room))));
    const victim = random.pick(able);
    const others = elsewhere(victim);
    const { harm, repair, lasting = 1_500 } = what(victim);
    const probes = probe_rooms(crowd, others);
    await delay(300);
    const at = now();
    void harm();
    await delay(lasting);
    await probes.all_acked(at);
    waits.push(Math.round(longest_silence(await probes.stop(), at)));
    await repair();
    await cluster.heal();
    await crowd.all_there();
    await delay(1_000); // slots move back to who came again
  }
  await end();
  return { times: waits.length, ...spread(waits), all_ms: waits };
}

/** Publishes one message after the other in every room, 20 ms apart, until told to stop. */
function probe_rooms(crowd, members) {
  let over = false;
  const acks = [];
  const probed = crowd.rooms.filter((room) => members.some((m) => m.joined.has(room)));
  const running = probed.map(async (room) => {
    const by = members.find((m) => m.joined.has(room));
    for (let n = 0; !over; ++n) {
      const answer = await by.publish({ text: `${room} ${now()} ${n}`, room, event: 'message:send' });
      if (answer.ok) acks.push({ room, began: answer.began, time: answer.time });
      await delay(20);
    }
  });
  return {
    stop: async () => { over = true; await Promise.all(running); return acks; },
    /** In every room something was acked that was sent after `at`: a room that waits long must not be left out. */
    all_acked: async (at) => {
      const acked = () => new Set(acks.filter((a) => a.began >= at).map((a) => a.room)).size;
      for (let i = 0; i < 600 && acked() < probed.length; ++i) await delay(50);
    },
  };
}

/** Until, in the room that waited longest, the first publish was acked that was sent after `at`. */
function longest_silence(acks, at) {
  const first = new Map();
  for (const { room, began, time } of acks)
    if (began >= at) first.set(room, Math.min(first.get(room) ?? Infinity, time));
  return Math.max(...first.values()) - at;
}

/** SIGTERM of each node in turn, under load: how long the longest publish of a client of another node waited. */
async function drain() {
  const { cluster, crowd, end } = await under_load({ nodes: 3, members: 30, rooms: 20, rate: 100 });
  const waits = [];
  const ends = [];
  for (let i = 0; i < Number(o.times) / 4; ++i) {
    const victim = random.pick(cluster.nodes);
    const from = crowd.history.records.length;
    crowd.start();
    await delay(500);
    const ended = await victim.terminate();
    crowd.stop();
    await crowd.quiet();
    const acks = crowd.history.records.slice(from).filter((r) => r.type === 'answer' && r.calm);
    waits.push(Math.max(...acks.filter((a) => a.error === undefined).map((a) => a.waited)));
    ends.push(Math.round(ended.ms));
    await cluster.heal();
    await crowd.all_there();
    await delay(1_000);
  }
  await end();
  return { times: waits.length, longest_wait: spread(waits), all_ms: waits, until_exit: spread(ends) };
}

async function redis_away() {
  const { cluster, crowd, end } = await under_load({ nodes: 3, members: 30, rooms: 10, rate: 100 });
  const deliveries = (from, to) => crowd.history.records.filter((r) => r.type === 'delivery' && r.time >= from && r.time < to).length;
  crowd.start();
  await delay(5_000);
  const away = now();
  await cluster.redis.kill();
  await delay(10_000);
  const during = await Promise.all(cluster.nodes.map((n) => n.readiness()));
  await delay(10_000);
  const back = now();
  await cluster.redis.start();
  await Promise.all(cluster.nodes.map((n) => n.untilReady()));
  const ready = now();
  const stored_again = await until_stored(crowd, back);
  crowd.stop();
  await crowd.quiet();
  const answers = crowd.history.records.filter((r) => r.type === 'answer' && r.time >= away && r.time < back);
  const figures = {
    deliveries_per_s_before: Math.round(deliveries(away - 5_000, away) / 5),
    deliveries_per_s_during: Math.round(deliveries(away, back) / 20),
    acked_during: answers.filter((a) => a.error === undefined).length,
    refused_during: answers.filter((a) => a.error !== undefined).length,
    longest_wait_ms: Math.round(Math.max(...answers.filter((a) => a.error === undefined).map((a) => a.waited))),
    said_during: during[0]?.reasons,
    ready_after_ms: Math.round(ready - back),
    stored_again_after_ms: Math.round(stored_again - back),
  };
  await end();
  return figures;
}

/** When every room had a publish acked as stored after `from`. */
async function until_stored(crowd, from) {
  for (;;) {
    const rooms = new Map();
    const room_of = new Map(crowd.history.records.filter((r) => r.type === 'publish').map((r) => [r.text, r.room]));
    for (const r of crowd.history.records)
      if (r.type === 'answer' && r.level === 'stored' && r.time > from && !rooms.has(room_of.get(r.text))) rooms.set(room_of.get(r.text), r.time);
    if (rooms.size === crowd.rooms.length) return Math.max(...rooms.values());
    await delay(50);
  }
}

/** Eight nodes start at once; later four are killed at once. */
async function formation() {
  const formed = [];
  const survived = [];
  for (let i = 0; i < 3; ++i) {
    const began = now();
    const { cluster, crowd, end } = await under_load({ nodes: 8, members: 24, rooms: 12, rate: 0, formed: (ms) => formed.push(Math.round(ms)) }, began);
    const victims = random.some(cluster.nodes, 4);
    const probes = probe_rooms(crowd, crowd.members.filter((m) => !victims.includes(m.node)));
    await delay(300);
    const at = now();
    await Promise.all(victims.map((v) => v.kill()));
    await probes.all_acked(at);
    survived.push(Math.round(longest_silence(await probes.stop(), at)));
    await end();
  }
  return { all_ready: spread(formed), acked_again_after_4_kills: spread(survived) };
}

async function under_load({ nodes, formed, ...load }) {
  await rm(directory, { recursive: true, force: true });
  const began = now();
  const cluster = await Cluster.start({ nodes, directory, relays: false });
  formed?.(now() - began);
  const crowd = new Crowd(cluster, random.fork(), { rooms_each: 5, ...load });
  crowd.history = { records: [], add(r) { this.records.push(r); } };
  await crowd.connect();
  await delay(1_500);
  return { cluster, crowd, end: async () => { crowd.close(); await cluster.stop(); } };
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { min_ms: sorted[0], median_ms: sorted[Math.floor(sorted.length / 2)], max_ms: sorted.at(-1) };
}
