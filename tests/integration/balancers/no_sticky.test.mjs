// Official clients behind balancers that know no sessions: every poll, post and upgrade may come to any node.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { io } from 'socket.io-client';
import { root } from '../../support/troupe.mjs';
import { Cluster } from '../faults/cluster.mjs';
import { byConnection, byRequest } from './round_robin.mjs';

const members = 12;
const each = 15;
const expected = (members - 1) * each; // a sender is not told of its own
let cluster;

before(async () => {
  cluster = await Cluster.start({ nodes: 3, relays: false, directory: join(root, 'tests/artifacts/balancers') });
  await Promise.all(cluster.nodes.map((node) => node.untilReady()));
}, { timeout: 300_000 });
after(() => cluster?.stop(), { timeout: 30_000 });

const emit = (socket, ...what) => socket.timeout(60_000).emitWithAck(...what);

/** Sum of a metric over the nodes. */
async function metric(name) {
  let sum = 0;
  for (const node of cluster.nodes) {
    const text = await (await fetch(`${node.url}/metrics`)).text();
    for (const line of text.split('\n')) if (line.startsWith(name)) sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}

/** One member of the room: connected through the balancer, told of every message once and in order. */
async function member(port, options, i, room) {
  const socket = io(`http://127.0.0.1:${port}`, { ...options, forceNew: true, reconnection: false, auth: { userId: `${room}-${i}` } });
  const me = { socket, seen: [], ended: null, transport: () => socket.io.engine.transport.name };
  socket.on('new_message', ({ from, message, seq }) => me.seen.push({ seq, what: `${from}:${message}` }));
  await new Promise((done, failed) => socket.once('connect', done).once('connect_error', (error) =>
    failed(new Error(`${error.message} ${error.description ?? ''} ${error.context?.responseText ?? ''}`))));
  socket.on('disconnect', (reason) => { me.ended ??= reason; });
  assert.equal((await emit(socket, 'join_room', room)).ok, true);
  return me;
}

async function converse(balancer, options, room) {
  const all = await Promise.all(Array.from({ length: members }, (_, i) => member(balancer.port, options, i, room)));
  try {
    await Promise.all(all.map(async ({ socket }) => {
      for (let n = 0; n < each; ++n) assert.equal((await emit(socket, 'chat:message', { room, message: String(n) })).ok, true);
    }));
    // An ack says that the message has its place; all were told when everybody has seen the last ones.
    const deadline = Date.now() + 60_000;
    while (all.some((m) => m.seen.length < expected) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
    const places = new Map();
    for (const m of all) {
      assert.equal(m.ended, null);
      assert.equal(m.seen.length, expected);
      for (const [i, { seq, what }] of m.seen.entries()) {
        assert.ok(i === 0 || seq > m.seen[i - 1].seq, 'in order, none twice');
        assert.equal(places.get(seq) ?? what, what, 'one message at each place');
        places.set(seq, what);
      }
    }
    assert.equal(places.size, members * each);
    return all.map((m) => m.transport());
  } finally {
    for (const m of all) m.socket.disconnect();
  }
}

for (const [name, make] of [['requests', byRequest], ['connections', byConnection]])
  for (const [kind, options, transport] of [
    ['polling', { transports: ['polling'] }, 'polling'],
    ['polling that becomes WebSocket', { transports: ['polling', 'websocket'] }, 'websocket'],
    ['WebSocket', { transports: ['websocket'] }, 'websocket'],
  ])
    test(`${kind} through a balancer of ${name}`, { timeout: 300_000 }, async () => {
      const balancer = await make(cluster.nodes.map((node) => node.process.port));
      const before_tunnels = await metric('troupe_tunnels_opened_total');
      try {
        const transports = await converse(balancer, options, `${name}-${kind.length}`);
        assert.deepEqual(new Set(transports), new Set([transport]));
        if (kind !== 'WebSocket') assert.ok(await metric('troupe_tunnels_opened_total') > before_tunnels, 'the balancer spread them');
      } finally {
        balancer.close();
      }
    });
