// How safe a message is, as acknowledgements say it: two nodes, a Redis and its replica, the official client.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { io } from 'socket.io-client';
import { freePort, Troupe } from '../support/troupe.mjs';
import { Redis } from './support/redis.mjs';

const key = 'key-of-the-level-tests';
const patience = 60_000;
const nodes = [];
let directory, redis, replica, ann, bob, heard = [];

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'troupe-levels-'));
  redis = await Redis.start(join(directory, 'master'));
  replica = await Redis.start(join(directory, 'replica'), { master: redis });
  for (const id of ['n1', 'n2'])
    nodes.push(new Troupe({
      set: {
        'server.node_id': id,
        'cluster.enabled': true,
        'cluster.name': 'levels',
        'cluster.secret': 'the secret of the level tests',
        'cluster.host': '127.0.0.1',
        'redis.url': `redis://127.0.0.1:${redis.port}`,
        'rooms.idle_timeout_ms': 1_000,
        'rooms.history.enabled': true,
        'rooms.history.replicas': 1,
        'rooms.history.replicas_timeout_ms': 300,
        'rooms.rules': '[{match: "safe:*", level: replicated}, {match: "kept:*", level: stored}, {match: "tmp:*", delete_with_room: true}]',
        'auth.api_keys': `[${key}]`,
        'limits.events_per_minute': 0,
      },
      timeout_ms: patience,
    }, await freePort()));
  await Promise.all(nodes.map((node) => node.start()));
  [ann, bob] = await Promise.all(nodes.map(async (node, i) => {
    const socket = io(node.url, { auth: { userId: ['ann', 'bob'][i] }, forceNew: true, reconnection: false });
    await new Promise((done, fail) => socket.once('connect', done).once('connect_error', fail));
    for (const room of ['safe:1', 'kept:1', 'lobby']) assert.equal((await socket.emitWithAck('join_room', room)).ok, true);
    return socket;
  }));
  bob.on('new_message', ({ room, message }) => heard.push(`${room} ${message}`));
});

after(async () => {
  ann?.close();
  bob?.close();
  replica?.resume();
  redis?.resume();
  await Promise.all(nodes.map((node) => node.kill()));
  await replica?.kill();
  await redis?.kill();
  await rm(directory, { recursive: true, force: true });
});

const say = (room, message, id) => ann.timeout(patience).emitWithAck('chat:message', { room, message, id });

/** Asks until the answer is the wanted one: it can only be asked. */
async function until(ask, wanted) {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > deadline) assert.fail(`last answer: ${JSON.stringify(answer)}`);
    await delay(50);
  }
}

async function api(path, options = {}) {
  const answer = await fetch(`${nodes[0].url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` }, ...options });
  return { status: answer.status, ...(await answer.json()) };
}

let number = 0;
const repeated = (room, message, id) => () => say(room, message, id ?? `try-${++number}`);

test('a message is replicated while the replica follows', async () => {
  const answer = await until(repeated('safe:1', 'first'), (a) => a.ok);
  assert.equal(answer.level, 'replicated');
});

test('while the replica hangs a message is stored; where more is demanded that is an error, and the node stays ready', async () => {
  replica.stop();
  const stored = await until(repeated('lobby', 'quiet replica'), (a) => a.level !== 'replicated');
  assert.equal(stored.ok, true);
  assert.equal(stored.level, 'stored');
  const refused = await say('safe:1', 'unsafe', 'm-1');
  assert.equal(refused.ok, false);
  assert.equal(refused.error.code, 'level_not_reached');
  assert.equal(refused.error.id, 'm-1');
  assert.equal(refused.error.level, 'stored');
  assert.ok(refused.error.seq > 1);
  const overHttp = await api('/publish', { method: 'POST', body: JSON.stringify({ room: 'lobby', event: 'e', level: 'replicated' }) });
  assert.equal(overHttp.status, 503);
  assert.equal(overHttp.error.level, 'stored');
  assert.equal((await say('kept:1', 'enough')).level, 'stored');
  for (const node of nodes) assert.equal((await fetch(`${node.url}/ready`)).status, 200);
  await until(async () => heard, (h) => h.includes('safe:1 unsafe')); // the room has it all the same

  replica.resume();
  const again = await until(repeated('safe:1', 'unsafe', 'm-1'), (a) => a.ok);
  assert.equal(again.level, 'replicated');
  assert.equal(again.seq, refused.error.seq);
  await until(repeated('safe:1', 'last word'), (a) => a.ok);
  await until(async () => heard, (h) => h.includes('safe:1 last word'));
  assert.equal(heard.filter((what) => what === 'safe:1 unsafe').length, 1);
});

test('while Redis is away a message is with its home only; where more is demanded that is an error', async () => {
  redis.stop();
  const given = await until(repeated('lobby', 'no Redis'), (a) => a.ok);
  assert.equal(given.level, 'home');
  const refused = await until(() => say('kept:1', 'nowhere', 'm-2'), (a) => a.error?.code !== 'room_unavailable');
  assert.equal(refused.error.code, 'level_not_reached');
  assert.equal(refused.error.level, 'home');
  redis.resume();
  const again = await until(repeated('kept:1', 'nowhere', 'm-2'), (a) => a.ok);
  assert.equal(again.seq, refused.error.seq);
  assert.notEqual(again.level, 'home');
  assert.equal(heard.filter((what) => what === 'kept:1 nowhere').length, 1);
});

test('a history goes when nobody is in its room on any node', async () => {
  await bob.emitWithAck('join_room', 'tmp:1');
  for (const n of [1, 2, 3])
    assert.equal((await api('/publish', { method: 'POST', body: JSON.stringify({ room: 'tmp:1', event: 'e', data: n, id: `t-${n}` }) })).seq, n);
  await delay(2_500); // longer than rooms.idle_timeout_ms: bob is there
  const messages = async () => (await api('/rooms/tmp%3A1/messages')).messages;
  assert.equal((await messages()).length, 3);
  await bob.emitWithAck('leave_room', 'tmp:1');
  await until(messages, (list) => list.length === 0);
  const next = await api('/publish', { method: 'POST', body: JSON.stringify({ room: 'tmp:1', event: 'e' }) });
  assert.equal(next.seq, 4);
});

test('a node that waits for the replica ends in order', async () => {
  replica.stop();
  bob.emit('chat:message', { room: 'lobby', message: 'last' });
  const { code } = await nodes[1].stop({ grace_ms: patience });
  assert.equal(code, 0);
  replica.resume();
});
