// Direct messages to users who are away, on three nodes with a Redis: they wait outside the nodes, come first, in order and once,
// whichever node dies, and stay until the client has acknowledged them where that is asked for.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { io } from 'socket.io-client';
import { client, emit, metric, post, redis, startCluster, until } from './operations/operator.mjs';

const users = Array.from({ length: 24 }, (_, i) => `user-${i}`);
let cluster;
let open = [];

/** A user's socket and what it hears, from its very first packet. `acks`: whether it acknowledges what asks for it. */
async function listen(node, userId, { acks = true, device } = {}) {
  const socket = io(node.url, { forceNew: true, auth: { userId, device }, transports: ['websocket'], reconnectionDelay: 50, reconnectionDelayMax: 500 });
  open.push(socket);
  const heard = [];
  socket.on('message:new', (message, acknowledge) => {
    heard.push(message);
    if (acks) acknowledge?.();
  });
  await new Promise((done) => socket.once('connect', done));
  return { socket, heard, texts: () => heard.map((m) => m.content) };
}
const send = (socket, to, content, id) => emit(socket, 'message:send', { to, content, id });
/** The home may hear of the message before it hears that the user is there. */
const reached = async (sent) => {
  const answer = await sent;
  assert.ok(['delivered', 'queued'].includes(answer.status), JSON.stringify(answer));
};
const hears = (listener, texts) => until(() => listener.heard.length >= texts.length, `${texts.length} messages`)
  .then(() => assert.deepEqual(listener.texts(), texts));

function closeAll() {
  for (const socket of open) socket.disconnect();
  open = [];
}

describe('what waits for a user', () => {
  before(async () => { cluster = await startCluster(3, 'offline', { 'presence.offline_delay_ms': 100 }); }, { timeout: 300_000 });
  afterEach(async () => {
    closeAll();
    await cluster.heal();
  }, { timeout: 300_000 });
  after(() => cluster?.stop(), { timeout: 60_000 });

  test('comes first and in order, on any node, though its home was killed', { timeout: 300_000 }, async () => {
    const [one, two, three] = cluster.nodes;
    const sender = await client(one.url, 'sender', { transports: ['websocket'] });
    open.push(sender);
    const before = ['a', 'b', { binary: Buffer.from([0, 255]) }, 'c'];
    for (const user of users)
      for (const [i, content] of before.entries())
        assert.equal((await send(sender, user, content, `${i}`)).status, 'queued');
    for (const user of users)
      assert.equal(Number((await redis(cluster, 'XLEN', `troupe:faults:offline:${user}`))[0]), before.length);
    await two.kill();
    await Promise.all(users.map(async (user) => {
      // A newer one is on its way while the user connects: queued behind the others, or delivered after them.
      const [listener, newer] = await Promise.all([listen(three, user), send(sender, user, 'newer', 'n')]);
      assert.ok(['queued', 'delivered'].includes(newer.status), JSON.stringify(newer));
      await hears(listener, [...before, 'newer']);
      await until(async () => (await redis(cluster, 'EXISTS', `troupe:faults:offline:${user}`))[0] === '0', 'nothing waits any more');
      listener.socket.disconnect();
    }));
    for (const user of users) {
      const again = await listen(one, user);
      await reached(send(sender, user, 'last', 'l'));
      await hears(again, ['last']);
    }
  });

  test('is there once when its home dies while it is said, and the client repeats what had no answer', { timeout: 300_000 }, async () => {
    const [one, two, three] = cluster.nodes;
    const sender = await client(one.url, 'sender', { transports: ['websocket'], retries: 20, ackTimeout: 1_000 });
    open.push(sender);
    const texts = Array.from({ length: 20 }, (_, i) => `m${i}`);
    let said = 0;
    const killed = until(() => said >= texts.length * users.length / 3, 'a third is said').then(() => two.kill());
    await Promise.all(users.map(async (user) => {
      for (const text of texts) {
        let answer;
        do answer = await send(sender, user, text, `again-${text}`); while (!answer.ok);
        ++said;
      }
    }));
    await killed;
    for (const user of users) {
      const listener = await listen(three, user);
      await hears(listener, texts);
      await reached(send(sender, user, 'end', 'end'));
      await hears(listener, [...texts, 'end']);
    }
  });

  test('is bounded: the oldest give way', { timeout: 300_000 }, async () => {
    const [one, two] = cluster.nodes;
    const most = 100; // offline.max_messages
    for (let i = 0; i < most + 5; ++i)
      assert.equal((await post(one, 'users/many/message', { from: 'billing', content: `m${i}` })).status, 'queued');
    const listener = await listen(two, 'many');
    await hears(listener, Array.from({ length: most }, (_, i) => `m${i + 5}`));
    let dropped = 0;
    for (const node of cluster.nodes) dropped += await metric(node, 'troupe_offline_dropped_total');
    assert.equal(dropped, 5);
  });
});

describe('what waits until it is acknowledged', () => {
  before(async () => { cluster = await startCluster(2, 'offline-acked', { 'offline.until': 'acked' }); }, { timeout: 300_000 });
  after(async () => {
    closeAll();
    await cluster?.stop();
  }, { timeout: 60_000 });

  test('comes again at every connect until then, and not twice to one socket', { timeout: 300_000 }, async () => {
    const [one, two] = cluster.nodes;
    const sender = await client(one.url, 'sender', { transports: ['websocket'] });
    open.push(sender);
    for (const text of ['a', 'b']) assert.equal((await send(sender, 'bob', text, text)).status, 'queued');
    const silent = await listen(two, 'bob', { acks: false });
    await hears(silent, ['a', 'b']);
    const second = await listen(one, 'bob');
    await reached(send(sender, 'bob', 'c', 'c'));
    await hears(second, ['c']); // the other device has a and b
    await hears(silent, ['a', 'b', 'c']);
    silent.socket.disconnect();
    second.socket.disconnect();
    const third = await listen(two, 'bob');
    await hears(third, ['a', 'b']);
    await until(async () => (await redis(cluster, 'EXISTS', 'troupe:faults:offline:bob'))[0] === '0', 'all are acknowledged');
    third.socket.disconnect();
    const last = await listen(one, 'bob');
    await reached(send(sender, 'bob', 'd', 'd'));
    await hears(last, ['d']);
  });
});

describe('what is for each device', () => {
  before(async () => { cluster = await startCluster(3, 'offline-each', { 'offline.devices': 'each' }); }, { timeout: 300_000 });
  after(async () => {
    closeAll();
    await cluster?.stop();
  }, { timeout: 60_000 });

  test('comes to each once, in order, though nodes die', { timeout: 300_000 }, async () => {
    const [one, two, three] = cluster.nodes;
    const sender = await client(one.url, 'sender', { transports: ['websocket'] });
    open.push(sender);
    const phones = new Map();
    for (const user of users) {
      assert.equal((await send(sender, user, 'a', 'a')).status, 'queued');
      phones.set(user, await listen(two, user, { device: 'phone' }));
      await reached(send(sender, user, 'b', 'b'));
      await hears(phones.get(user), ['a', 'b']);
    }
    await three.kill(); // some of the users' homes
    for (const user of users) {
      const tablet = await listen(one, user, { device: 'tablet' });
      await hears(tablet, ['a', 'b']);
      phones.get(user).socket.disconnect();
      await reached(send(sender, user, 'c', 'c'));
      await hears(tablet, ['a', 'b', 'c']);
      const again = await listen(one, user, { device: 'phone' });
      await hears(again, ['c']);
      assert.deepEqual(phones.get(user).texts(), ['a', 'b']);
    }
  });
});
