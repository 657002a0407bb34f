// One process of recovery/many's clients: they begin at one node, and come back to the others when it is gone.
//
// Told {clients: [{name, rooms}], url, others, server}; says `there`, `back` (all came back since `go`), and, told {said}, what was counted.

import { setTimeout as delay } from 'node:timers/promises';
import { judge, lost } from './judge.mjs';
import { Listener, now } from './listener.mjs';
import { servers } from './servers.mjs';
import { until } from './ways.mjs';

const at_once = 50; // connect at the same time, at the beginning

let listeners = [];
let server;

/** With the official client's own backoff; from its first attempt on at another node. */
function make({ name, rooms }, url, others, turn) {
  const listener = new Listener(url, name, rooms, server.place, {});
  const times = { attempts: 0 };
  listener.socket.io.on('reconnect_attempt', () => {
    times.attempt = now();
    listener.socket.io.uri = others[(turn + times.attempts++) % others.length];
  });
  listener.on_arrival = () => { times.back = now(); };
  listener.times = times;
  return listener;
}

async function begin(o) {
  server = servers[o.server];
  for (let i = 0; i < o.clients.length; i += at_once) {
    const some = o.clients.slice(i, i + at_once).map((one, n) => make(one, o.url, o.others, i + n));
    listeners.push(...some);
    if (!(await until(() => some.every((one) => one.there)))) throw new Error('not all clients connect');
  }
  process.send('there');
}

async function come_back() {
  for (const one of listeners) one.turn_over();
  process.send('ready');
  while (!listeners.every((one) => one.parted > 0 && one.there)) await delay(10);
  process.send('back');
}

async function count(said) {
  const record = { said: new Map(said), clients: listeners };
  for (const one of listeners) one.hit('kill');
  await until(() => lost(record) === 0, server.patience);
  const judged = judge(record);
  const sum = (of) => listeners.reduce((n, one) => n + of(one), 0);
  const total = (kind) => judged.clients.reduce((n, c) => n + c[kind], 0);
  process.send({
    times: listeners.map((one) => ({ ...one.times, left: one.left })), recovered: sum((one) => one.recovered), parted: sum((one) => one.parted),
    codes: listeners.flatMap((one) => one.anew.map((a) => a.code)), examples: judged.examples.filter((text) => !text.startsWith('doubled')).slice(0, 5),
    heard: total('heard'), lost: total('lost'), missed: total('missed'), doubled: total('doubled'), disordered: total('disordered'),
    cpu_s: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  });
}

process.on('message', (m) => {
  if (m.clients) void begin(m);
  else if (m === 'go') void come_back();
  else if (m.said) void count(m.said);
});
process.on('disconnect', () => process.exit());
