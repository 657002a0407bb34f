// The official client's `retries`: what was not acknowledged is sent again with the same arguments, one thing after the other. With an
// id everything arrives once, in its order, whatever is cut or killed meanwhile.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { root } from '../support/troupe.mjs';
import { Cluster } from './faults/cluster.mjs';
import { LosingWay } from './support/losing_way.mjs';
import { Random } from './support/random.mjs';

const seed = Number(process.env.FAULTS_SEED ?? 1);
const patience = 60_000; // ms
const ack_timeout = 400; // ms; of the client: shorter than what the nodes take over a dead home sometimes
const deaf = 700;

/** What is sent, and how who gets it knows it again. */
const kinds = {
  publish: { room: true, wrap: (to, n, id, content) => ['publish', { room: to, event: 'said', data: { n, content }, id }] },
  'message:send to a room': { room: true, member: true, wrap: (to, n, id, content) => ['message:send', { room: to, content: { n, content }, id }] },
  'chat:message': { room: true, member: true, wrap: (to, n, id, content) => ['chat:message', { room: to, message: { n, content }, id }] },
  'message:send to a user': { wrap: (to, n, id, content) => ['message:send', { to, content: { n, content }, id }] },
};

/** What happens to a sender whose next message is about to be sent. `node`: which may be killed. */
const troubles = {
  'cut after sending': ({ way }) => way.cut_after_sending(),
  'cut before it arrives': ({ way }) => way.cut_before_sending(),
  'the answer is lost': ({ way }) => way.lose_answers(deaf),
};

for (const recovery of [false, true])
  describe(`recovery ${recovery ? 'on' : 'off'}`, () => {
    let cluster;
    before(async () => {
      cluster = await Cluster.start({
        nodes: 3, relays: false, directory: join(root, 'tests/artifacts/retries'),
        set: { 'recovery.enabled': recovery, 'auth.anonymous_roles': '[user, producer]', 'rooms.announce_max_members': 0 },
      });
      await Promise.all(cluster.nodes.map((node) => node.untilReady()));
    }, { timeout: 300_000 });
    after(() => cluster?.stop(), { timeout: 300_000 });

    for (const [kind, what] of Object.entries(kinds)) {
      if (what.member && !recovery) continue; // who comes back as somebody else is in no room when its queue goes on
      for (const binary of [false, true])
        test(`${kind}${binary ? ', binary' : ''}: once and in order`, { timeout: 300_000 }, async (t) => {
          const found = await rounds(t, { cluster, kind, binary, dice: new Random(seed * 31 + kind.length + Number(binary)) });
          t.diagnostic(JSON.stringify(found));
        });
    }
  });

async function rounds(t, { cluster, kind, binary, dice }) {
  const { room, member, wrap } = kinds[kind];
  const stays = cluster.nodes[0]; // its clients hear everything
  const name = (i) => `${kind.replace(/\W/g, '-')}-${binary ? 'b' : 't'}-${i}`;
  const pairs = await Promise.all(Array.from({ length: 6 }, (_, i) => pair(t, { cluster, stays, to: name(i), room, member, dice: dice.fork() })));
  let number = 0;
  const say = (p) => {
    const n = ++number;
    p.sent.push(n);
    const content = binary ? Buffer.from(`${n}`) : `${n}`;
    p.answers.push(p.socket.emitWithAck(...wrap(p.to, n, `id-${p.to}-${n}`, content)));
  };
  const everybody = async (trouble) => {
    for (const p of pairs) {
      for (let i = 0; i < 3; ++i) say(p);
      trouble(p);
      for (let i = 0; i < 3; ++i) say(p);
    }
    await drained(pairs);
  };
  for (const trouble of Object.values(troubles)) await everybody((p) => trouble(p));
  // A node dies, with senders on it and as the home of others' rooms and users: what was sent just now is answered by nobody, or its answer is lost.
  for (const victim of [cluster.nodes[1], cluster.nodes[2]]) {
    let killed;
    await everybody((p) => {
      if (dice.chance(0.5)) p.way.lose_answers(deaf);
      killed ??= delay(dice.int(0, 5)).then(() => victim.kill());
    });
    await killed;
    await victim.start();
    await victim.untilReady();
  }
  for (const p of pairs) {
    const last = p.sent.at(-1);
    for (let look = 0; look < 600 && !p.heard.includes(last); ++look) await delay(50); // what is too much is only known after a while
    await delay(100);
    assert.deepEqual(p.heard, p.sent, `what ${p.to} got from its sender`);
    assert.equal(p.socket._queue.length, 0, 'the queue of the client is empty');
  }
  return { sent: number, reconnects: pairs.reduce((n, p) => n + p.reconnects, 0) };
}

/** A sender on a way that loses things, and who listens to what it says to one room or user. */
async function pair(t, { cluster, stays, to, room, member, dice }) {
  const way = await LosingWay.open(() => dice.pick(cluster.alive).process.port);
  const quick = { forceNew: true, transports: ['websocket'], reconnectionDelay: 20, reconnectionDelayMax: 100, timeout: 5_000 };
  const listener = io(stays.url, { ...quick, auth: { userId: room ? `listener of ${to}` : to } });
  const socket = io(way.url, { ...quick, retries: 1_000, ackTimeout: ack_timeout, auth: { userId: `sender to ${to}` } });
  t.after(() => { listener.disconnect(); socket.disconnect(); way.close(); });
  const p = { to, way, socket, sent: [], heard: [], answers: [], reconnects: -1 };
  const hear = ({ n, content }) => {
    assert.equal(String(content), `${n}`);
    p.heard.push(n);
  };
  listener.on('said', hear);
  listener.on('message:new', ({ content }) => hear(content));
  listener.on('new_message', ({ message }) => hear(message));
  socket.on('connect', () => ++p.reconnects);
  await Promise.all([listener, socket].map((s) => s.connected || once(s, 'connect')));
  if (room) assert.equal((await listener.timeout(patience).emitWithAck('join_room', to)).ok, true);
  if (member) assert.equal((await socket.emitWithAck('join_room', to)).ok, true);
  return p;
}

/** Everything that was said is answered, and with a yes. */
async function drained(pairs) {
  for (const p of pairs)
    for (const answer of await Promise.race([Promise.all(p.answers.splice(0)), delay(patience, null, { ref: false })]) ?? assert.fail('queues are not drained'))
      assert.equal(answer.ok, true, JSON.stringify(answer));
}
