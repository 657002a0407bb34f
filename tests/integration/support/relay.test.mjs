// What the fault tests rest on: a relay that cuts must cut, and what it held back must come later, whole and in order.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from './random.mjs';
import { Relay } from './relay.mjs';
import { ownerOf } from './socket_owner.mjs';

/** A server that answers each chunk, a relay before it, and a client. */
async function through(t, who) {
  const server = createServer((socket) => socket.on('data', (d) => socket.write(`<${d}>`)).on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay = new Relay({ host: '127.0.0.1', port: 0 }, { host: '127.0.0.1', port: server.address().port }, who);
  await relay.listen();
  const client = connect(relay.here.port, '127.0.0.1');
  client.text = '';
  client.on('data', (d) => { client.text += d; client.emit('more'); }).on('error', () => {});
  await once(client, 'connect');
  t.after(() => { client.destroy(); relay.close(); server.close(); });
  return { relay, client, server };
}

test('carries both ways', async (t) => {
  const { client } = await through(t);
  client.write('one');
  await once(client, 'more');
  assert.equal(client.text, '<one>');
});

for (const direction of ['out', 'back']) {
  test(`holds back what goes ${direction}, and brings it when healed`, async (t) => {
    const { relay, client } = await through(t);
    client.write('a');
    await once(client, 'more');
    relay.rule('', { [direction]: false });
    client.write('b');
    await delay(100); // long enough to have come, were it not held back
    assert.equal(client.text, '<a>');
    relay.heal();
    await once(client, 'more');
    assert.equal(client.text, '<a><b>');
  });
}

test('an end waits behind what is held back', async (t) => {
  const { relay, client } = await through(t);
  client.write('a');
  await once(client, 'more');
  relay.rule('', { back: false });
  client.write('b');
  await delay(50); // until the answer waits in the relay
  const ended = once(client, 'close');
  for (const pair of relay.pairs) pair.far.destroy();
  await delay(50);
  assert.equal(client.destroyed, false);
  relay.heal();
  await ended;
  assert.equal(client.text, '<a><b>');
});

test('delays', async (t) => {
  const { relay, client } = await through(t);
  relay.rule('', { delay: 60 });
  const began = performance.now();
  client.write('slow');
  await once(client, 'more');
  assert.ok(performance.now() - began >= 110, `${performance.now() - began} ms there and back`);
});

test('knows who connected, and cuts only that one', async (t) => {
  const me = { me: process.pid, init: 1 };
  const { relay, client } = await through(t, (port) => ownerOf(port, me));
  relay.rule('init', { out: false });
  client.write('a');
  await once(client, 'more');
  relay.rule('me', { out: false });
  client.write('b');
  await delay(100);
  assert.equal(client.text, '<a>');
});

test('refuses when deaf', async (t) => {
  const { relay } = await through(t);
  relay.deaf();
  const late = connect(relay.here.port, '127.0.0.1');
  const [error] = await once(late, 'error');
  assert.equal(error.code, 'ECONNREFUSED');
});

test('chance repeats itself by its seed', () => {
  const draw = (seed) => { const r = new Random(seed); return [r.int(0, 1e9), r.next(), r.pick(['a', 'b', 'c']), r.fork().int(0, 1e9)]; };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
});
