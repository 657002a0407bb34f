// See tests/integration/recovery/many.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from '../../support/troupe.mjs';
import { Random } from '../support/random.mjs';
import { now } from './listener.mjs';
import { servers } from './servers.mjs';
import { Speakers } from './speakers.mjs';

const { values: o } = parseArgs({ options: {
  clients: { type: 'string', default: '5000' },
  processes: { type: 'string', default: '5' },
  rooms: { type: 'string', default: '500' },
  'rooms-each': { type: 'string', default: '3' },
  rate: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
  server: { type: 'string', default: 'troupe' },
  warm: { type: 'boolean', default: false },
  set: { type: 'string', multiple: true, default: [] },
} });

const calm = 3_000; // ms before the kill, to know what the talk alone costs

const cpu_of = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100; // clock ticks of Linux are 10 ms
};
const rss_of = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

const pid_of = (node) => node.pid ?? node.process.pid;

async function commands(redis) {
  const lines = await redis.ask('info', 'commandstats');
  return new Map(lines.flatMap((line) => [...line.matchAll(/^cmdstat_(\S+):calls=(\d+)/g)].map(([, name, calls]) => [name, Number(calls)])));
}

async function state({ redis, nodes }, children) {
  const [, redis_pid] = /process_id:(\d+)/.exec((await redis.ask('info', 'server')).join('\n'));
  return { at: now(), nodes: nodes.map((n) => cpu_of(pid_of(n))), redis: cpu_of(redis_pid), clients: children.map((c) => cpu_of(c.pid)), commands: await commands(redis) };
}

const total = (list) => list.reduce((a, b) => a + b, 0);

/** What happened between two states, by the second and in all. */
function spent(from, to) {
  const ms = to.at - from.at;
  const more = (what) => to[what].map((v, i) => v - from[what][i]);
  const calls = [...to.commands].map(([name, n]) => [name, n - (from.commands.get(name) ?? 0)]).filter(([, n]) => n > 0).sort(([, a], [, b]) => b - a);
  return { ms, nodes: more('nodes'), redis: to.redis - from.redis, clients: total(more('clients')), calls };
}

function spread(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const at = (q) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]);
  return `median ${at(0.5)}, 99 % ${at(0.99)}, last ${at(1)}`;
}

const all = (children, word) => Promise.all(children.map(async (child) => {
  for (;;) {
    const [said] = await once(child, 'message');
    if (said === word || (!word && typeof said === 'object')) return said;
  }
}));

const server = servers[o.server];
const dice = new Random(Number(o.seed));
const rooms = Array.from({ length: Number(o.rooms) }, (_, i) => `room-${i}`);
const cluster = await server.start({
  directory: join(root, 'tests/artifacts/recovery/many'),
  set: { 'engine.ping_interval_ms': 25_000, 'engine.ping_timeout_ms': 20_000, ...Object.fromEntries(o.set.map((text) => text.split('='))) },
});
const [victim, ...others] = cluster.nodes;
const survivors = { redis: cluster.redis, nodes: others };
const speakers = new Speakers(survivors, server, rooms);
await speakers.begin();
if (o.warm) await speakers.greet(dice.fork());
speakers.turn_over();

const children = Array.from({ length: Number(o.processes) }, () => fork(fileURLToPath(new URL('many_clients.mjs', import.meta.url))));
const each = Math.ceil(Number(o.clients) / children.length);
const began = now();
for (const [p, child] of children.entries()) {
  const count = Math.min(each, Number(o.clients) - p * each);
  const clients = Array.from({ length: count }, (_, i) => ({ name: `client-${p}-${i}`, rooms: dice.some(rooms, Number(o['rooms-each'])) }));
  child.send({ clients, url: victim.url, others: others.map((n) => n.url), server: o.server });
}
await all(children, 'there');
console.log(`${o.clients} clients of ${victim.id}, each in ${o['rooms-each']} of ${o.rooms} rooms, after ${((now() - began) / 1_000).toFixed(1)} s; its memory ${Math.round(rss_of(pid_of(victim)))} MB`);
const ready = all(children, 'ready');
for (const child of children) child.send('go');
await ready;

speakers.talk(Number(o.rate), dice.fork());
const calm_from = await state(survivors, children);
await delay(calm);
const from = await state(survivors, children);
const back = all(children, 'back');
const killed = now();
await victim.kill();
await back;
const to = await state(survivors, children);
await delay(2_000); // some live messages after the last came back
await speakers.hush();
const counted = all(children);
for (const child of children) child.send({ said: [...speakers.said] });
const results = await counted;

const sum = (kind) => total(results.map((r) => r[kind]));
const times = results.flatMap((r) => r.times);
const codes = results.flatMap((r) => r.codes);
const [before, during] = [spent(calm_from, from), spent(from, to)];
console.log(`times in ms, of ${times.length} clients; ${sum('parted')} ends of connections, ${total(times.map((t) => t.attempts))} attempts`);
console.log(`  from the kill until it was live again: ${spread(times.map((t) => t.back - killed))}`);
console.log(`  its own backoff, until its last attempt: ${spread(times.map((t) => t.attempt - killed))}`);
console.log(`  from that attempt until it was live:     ${spread(times.map((t) => t.back - t.attempt))}`);
console.log(`${sum('recovered')} recovered, ${codes.length} began anew ${codes.length ? JSON.stringify([...new Set(codes)]) : ''}; ${sum('heard')} deliveries of ${speakers.acknowledged} said, ${sum('lost')} lost, ${sum('missed')} missed, ${sum('doubled')} doubled, ${sum('disordered')} out of order`);
for (const text of results.flatMap((r) => r.examples)) console.log(`  ${text}`);
console.log(`CPU-seconds until the last was live (${(during.ms / 1_000).toFixed(1)} s): nodes ${during.nodes.map((v) => v.toFixed(2)).join(' and ')}, Redis ${during.redis.toFixed(2)}, clients ${during.clients.toFixed(2)}`);
console.log(`  in the ${(before.ms / 1_000).toFixed(1)} s before: nodes ${before.nodes.map((v) => v.toFixed(2)).join(' and ')}, Redis ${before.redis.toFixed(2)}, clients ${before.clients.toFixed(2)}`);
const told = ({ calls }) => calls.slice(0, 12).map(([name, n]) => `${name} ${n}`).join(', ');
console.log(`Redis commands: ${total(during.calls.map(([, n]) => n))}: ${told(during)}`);
console.log(`  in the time before: ${total(before.calls.map(([, n]) => n))}: ${told(before)}`);
console.log(`memory of the two others: ${others.map((n) => `${Math.round(rss_of(pid_of(n)))} MB`).join(' and ')}`);

speakers.end();
for (const child of children) child.disconnect();
await cluster.stop();
const harm = sum('lost') + sum('missed') + sum('disordered') + codes.length;
process.exit(o.server === 'troupe' && harm ? 1 : 0);
