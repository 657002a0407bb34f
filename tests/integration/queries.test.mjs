// What one node asks all: official clients on three nodes with a real Redis, the library's calls and the HTTP API.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { io } from 'socket.io-client';
import { freePort, root, troupeBinary } from '../support/troupe.mjs';
import { Redis } from './support/redis.mjs';

const key = 'key-of-the-query-tests';
const program = process.env.APP_BIN ?? join(dirname(troupeBinary()), 'tests/interop/interop_app');
const patience = 30_000;
const nodes = [];
let redis;

/** The application of tests/interop/app as a node of a cluster. */
class App {
  log = '';

  static async start(i) {
    const app = new App();
    app.id = `n${i + 1}`;
    const port = await freePort();
    app.url = `http://127.0.0.1:${port}`;
    const settings = {
      'server.node_id': app.id,
      'cluster.enabled': true,
      'cluster.name': 'queries',
      'cluster.secret': 'the secret of the query tests',
      'cluster.host': '127.0.0.1',
      'cluster.query_timeout_ms': 3_000,
      // A busy machine must not break a link; a stopped node is to be missed by its answer only.
      'cluster.link_timeout_ms': 20_000,
      'cluster.lease_ms': 60_000,
      'redis.url': `redis://127.0.0.1:${redis.port}`,
      'auth.api_keys': `[${key}]`,
      'log.level': 'warn',
    };
    const line = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    app.child = spawn(program, ['--port', String(port), ...line], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [app.child.stdout, app.child.stderr])
      stream.setEncoding('utf8').on('data', (text) => { app.log = (app.log + text).slice(-100_000); });
    app.exited = new Promise((done) => app.child.once('error', done).once('close', done)).then(() => { app.over = true; });
    return app;
  }

  async get(path) {
    const answer = await fetch(`${this.url}${path}`, { headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(10_000) });
    return { status: answer.status, ...(await answer.json()) };
  }

  async post(path, body = {}) {
    const answer = await fetch(`${this.url}${path}`, {
      method: 'POST', body: JSON.stringify(body), headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, ...(await answer.json()) };
  }

  /** Ready, and linked to so many others. */
  async until(linked) {
    const deadline = Date.now() + patience;
    let last;
    while (Date.now() < deadline && !this.over) {
      try {
        last = await this.get('/api/v1/nodes');
        if (last.ready && last.nodes.filter((n) => n.linked).length === linked) return;
      } catch (error) { last = error.message; }
      await delay(50); // it can only be asked
    }
    throw new Error(`${this.id} did not join: ${JSON.stringify(last)}\n${this.log}`);
  }

  /** A number of /metrics. */
  async metric(name) {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(text.split('\n').find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
  }

  async stop(signal = 'SIGTERM') {
    this.child.kill('SIGCONT');
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await this.exited;
    clearTimeout(timer);
  }
}

process.on('exit', () => nodes.forEach((node) => node.child.kill('SIGKILL')));

before(async () => {
  redis = await Redis.start(join(root, 'tests/artifacts/queries'));
  for (let i = 0; i < 3; ++i) nodes.push(await App.start(i));
  await Promise.all(nodes.map((node) => node.until(2)));
}, { timeout: 90_000 });
after(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await redis?.kill();
}, { timeout: 60_000 });

/** A client of node `i`, disconnected after the test. Answers questions with `answer`. */
async function client(t, i, user, answer = user) {
  const socket = io(nodes[i].url, {
    transports: ['websocket'], forceNew: true, reconnection: false, auth: { userId: user, name: user }, extraHeaders: { 'x-agent': `agent of ${user}` },
  });
  t.after(() => socket.disconnect());
  socket.said = [];
  socket.on('said', (x) => socket.said.push(x));
  socket.notes = [];
  socket.on('server-note', (x) => socket.notes.push(x));
  socket.on('question', (x, ack) => { if (answer !== null) ack(answer, x); });
  socket.gone = new Promise((done) => socket.once('disconnect', done));
  await new Promise((done, failed) => socket.once('connect', done).once('connect_error', failed));
  socket.ask = (...what) => socket.timeout(patience).emitWithAck(...what);
  return socket;
}

/** One client a node: ann, bob and cid. ann and cid are in the room. */
async function company(t, room) {
  const all = await Promise.all(['ann', 'bob', 'cid'].map((user, i) => client(t, i, user)));
  await all[0].ask('join', room);
  await all[2].ask('join', room);
  return all;
}

const by = (field) => (a, b) => (a[field] < b[field] ? -1 : 1);

async function until(condition, what) {
  const deadline = Date.now() + patience;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, what);
    await delay(20); // no event tells
  }
}

test('fetchSockets finds sockets of all nodes with rooms, handshake and data', { timeout: 60_000 }, async (t) => {
  const [ann, bob, cid] = await company(t, 'fetch');
  await cid.ask('keep', { mood: 'fine' });
  const all = await bob.ask('fetch-all', {});
  assert.deepEqual(all.silent, {});
  assert.equal(all.cut, false);
  const found = all.sockets.sort(by('user'));
  assert.deepEqual(found.map((s) => [s.user, s.node, s.id]), [['ann', 'n1', ann.id], ['bob', 'n2', bob.id], ['cid', 'n3', cid.id]]);
  assert.deepEqual(found[2].rooms, ['fetch']);
  assert.deepEqual(found[2].data, { mood: 'fine' });
  assert.equal(found[0].data, null);
  assert.deepEqual(found[2].auth, { userId: 'cid', name: 'cid' });
  assert.equal(found[2].agent, 'agent of cid');
  assert.equal(found[2].query, '4');
  assert.equal(found[2].address, '127.0.0.1');
  assert.ok(Math.abs(Date.now() - found[2].issued) < 600_000);
  assert.deepEqual((await bob.ask('fetch-all', { room: 'fetch', except: ann.id })).sockets.map((s) => s.user), ['cid']);
  assert.deepEqual((await bob.ask('fetch-all', { local: true })).sockets.map((s) => s.user), ['bob']);
});

test('socketsJoin, socketsLeave and disconnectSockets reach all nodes', { timeout: 60_000 }, async (t) => {
  const [ann, bob, cid] = await company(t, 'operators');
  assert.deepEqual(await bob.ask('join-all', {}, 'joined'), { sockets: 3, silent: {} });
  assert.deepEqual((await ann.ask('rooms')).sort(), ['joined', 'operators']);
  // Their nodes know them as joined; the node that orders the room may learn of a node with members a moment later.
  const heard = () => [ann, bob, cid].every((c) => c.said.includes('all'));
  await until(() => heard() || (cid.emit('emit-all', { room: 'joined' }, 'all'), false), 'everybody who was joined hears it');
  assert.deepEqual(await bob.ask('leave-all', { room: 'operators', except: ann.id }, 'joined'), { sockets: 1, silent: {} });
  assert.deepEqual(await cid.ask('rooms'), ['operators']);
  assert.deepEqual(await bob.ask('kick-all', { room: 'operators' }, true), { sockets: 2, silent: {} });
  assert.equal(await ann.gone, 'io server disconnect');
  assert.equal(await cid.gone, 'io server disconnect');
  assert.ok(bob.connected);
});

test('clients of all nodes acknowledge a broadcast', { timeout: 60_000 }, async (t) => {
  const [ann, bob, cid] = await company(t, 'acks');
  const { expected, answers, silent } = await bob.ask('ask-all', {}, 7, patience);
  assert.equal(expected, 3);
  assert.deepEqual(answers, { [ann.id]: ['ann', 7], [bob.id]: ['bob', 7], [cid.id]: ['cid', 7] });
  assert.deepEqual(silent, {});
  const mute = await client(t, 2, 'mute', null);
  const partial = await bob.ask('ask-all', {}, 8, 1_500);
  assert.equal(partial.expected, 4);
  assert.equal(Object.keys(partial.answers).length, 3);
  assert.deepEqual(partial.silent, {}, 'the node has answered; its client has not');
  mute.disconnect();
});

test('one socket of another node takes emits, questions, joins and its end', { timeout: 60_000 }, async (t) => {
  const [ann, bob, cid] = await company(t, 'remote');
  bob.emit('socket-emit', cid.id, 'hello');
  await until(() => cid.said.includes('hello'), 'cid hears it');
  assert.deepEqual(await bob.ask('socket-ask', cid.id, 5), ['cid', 5]);
  bob.emit('socket-join', ann.id, 'pulled');
  await until(async () => (await ann.ask('rooms')).includes('pulled'), 'ann is in the room');
  const { id } = cid; // which a client forgets with its connection
  bob.emit('socket-kick', id);
  assert.equal(await cid.gone, 'io server disconnect');
  assert.equal(await bob.ask('socket-ask', id, 5), 'disconnected');
});

test('serverSideEmit reaches the programs of the other nodes', { timeout: 60_000 }, async (t) => {
  const [ann, bob, cid] = await company(t, 'servers');
  bob.emit('server-emit', 'hi');
  await until(() => ann.notes.includes('hi') && cid.notes.includes('hi'), 'the others hear it');
  assert.deepEqual(bob.notes, [], 'not its own');
  assert.deepEqual(await bob.ask('server-ask', 'double', 4, patience), { answers: { n1: [4, 4], n3: [4, 4] }, silent: {} });
  assert.deepEqual(await bob.ask('server-ask', 'nobody-listens', 4, patience), { answers: {}, silent: {} });
  assert.deepEqual(await bob.ask('server-ask', 'mute', 4, 500), { answers: {}, silent: { n1: 'late', n3: 'late' } });
});

test('the HTTP API lists and disconnects what lives on other nodes', { timeout: 60_000 }, async (t) => {
  const [ann, bob, cid] = await company(t, 'http');
  const more = await client(t, 0, 'cid');
  const list = await nodes[1].get('/api/v1/sockets?limit=10');
  assert.deepEqual(list.sockets.map((s) => `${s.userId}@${s.node}`).sort(), ['ann@n1', 'bob@n2', 'cid@n1', 'cid@n3']);
  assert.ok(!('silent' in list) && !('cut' in list));
  assert.deepEqual((await nodes[1].get('/api/v1/sockets?user=cid&scope=node')).sockets, []);
  assert.deepEqual((await nodes[1].get('/api/v1/sockets?user=cid')).sockets.map((s) => s.node).sort(), ['n1', 'n3']);
  const members = await nodes[1].get('/api/v1/rooms/http/members');
  assert.deepEqual(members.members.map((m) => m.userId).sort(), ['ann', 'cid']);
  assert.equal(members.total, 2);
  for (const node of nodes) {
    const rooms = (await node.get('/api/v1/rooms?limit=100')).rooms.filter((r) => r.room === 'http');
    assert.deepEqual(rooms.map((r) => r.members), [2], 'once, with all its members');
  }
  assert.equal((await nodes[1].post(`/api/v1/sockets/${ann.id}/disconnect`)).ok, true);
  assert.equal(await ann.gone, 'io server disconnect');
  assert.equal((await nodes[1].post(`/api/v1/sockets/${ann.id}/disconnect`)).error.code, 'unknown_socket');
  assert.deepEqual(await nodes[1].post('/api/v1/users/cid/disconnect', { close: true }), { status: 200, ok: true, userId: 'cid', sockets: 2 });
  assert.equal(await cid.gone, 'io server disconnect');
  assert.equal(await more.gone, 'io server disconnect');
  assert.ok(bob.connected);
});

// The last ones stop and kill the third node.

test('a node that hangs is named when the time is over', { timeout: 60_000 }, async (t) => {
  const [, bob, cid] = await company(t, 'hang');
  nodes[2].child.kill('SIGSTOP');
  try {
    const found = await bob.ask('fetch-all', {});
    assert.deepEqual(found.silent, { n3: 'late' });
    assert.deepEqual(found.sockets.map((s) => s.user).sort(), ['ann', 'bob']);
    const http = await nodes[0].get('/api/v1/sockets');
    assert.deepEqual(http.silent, [{ node: 'n3', reason: 'late' }]);
    assert.equal((await nodes[0].post(`/api/v1/sockets/${cid.id}/disconnect`)).error.code, 'node_silent');
  } finally {
    nodes[2].child.kill('SIGCONT');
  }
  await Promise.all(nodes.map((node) => node.until(2)));
  assert.deepEqual((await bob.ask('fetch-all', {})).silent, {});
});

test('a node that dies while it is asked counts as silent at once', { timeout: 60_000 }, async (t) => {
  const [, bob] = await company(t, 'kill');
  const asked = await nodes[1].metric('troupe_queries_asked_total');
  nodes[2].child.kill('SIGSTOP'); // it has the question and does not answer
  // An hour's time: only its death can end this.
  const partial = bob.ask('ask-all', {}, 9, 3_600_000);
  await until(async () => (await nodes[1].metric('troupe_queries_asked_total')) > asked, 'asked');
  await until(async () => (await nodes[1].metric('troupe_queries_open')) === 1, 'and waiting');
  nodes[2].child.kill('SIGKILL');
  const { silent, answers } = await partial;
  assert.deepEqual(silent, { n3: 'lost' });
  assert.equal(Object.keys(answers).length, 2);
  assert.equal(await nodes[1].metric('troupe_queries_open'), 0);
  assert.ok((await nodes[1].metric('troupe_queries_partial_total')) >= 1);
});
