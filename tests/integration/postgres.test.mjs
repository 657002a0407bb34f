// Rooms' histories in PostgreSQL: nothing that was acknowledged as stored is lost, doubled or out of order, whoever ends or stands still.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { io } from 'socket.io-client';
import { freePort, root, startTroupe, troupe } from '../support/troupe.mjs';
import { Cluster } from './faults/cluster.mjs';
import { Crowd } from './faults/crowd.mjs';
import { judged } from './faults/judged.mjs';
import { Stage, dice_of } from './recovery/round.mjs';
import { servers } from './recovery/servers.mjs';
import { of_the_cluster } from './recovery/ways.mjs';
import { Postgres } from './support/postgres.mjs';
import { Random } from './support/random.mjs';

const seed = Number(process.env.FAULTS_SEED ?? 1);
const directory = join(root, 'tests/artifacts/postgres');
const patience = 60_000; // ms
const kept = (postgres, more = {}) => ({ 'rooms.history.enabled': true, 'rooms.history.store': 'postgres', 'postgres.url': postgres.url, ...more });

let postgres;
before(async () => { postgres = await Postgres.start(); }, { timeout: 120_000 });
after(async () => { await postgres?.remove(); }, { timeout: 60_000 });

/** What comes about is waited for; looks are counted, not time. */
async function until(reached, what) {
  for (let look = 0; look < 3_000; ++look) {
    if (await reached()) return;
    await new Promise((done) => setTimeout(done, 20)); // it can only be asked for
  }
  throw new Error(`never: ${what}`);
}

async function connected(t, url, userId) {
  const socket = io(url, { forceNew: true, transports: ['websocket'], auth: { userId } });
  t.after(() => socket.disconnect());
  await once(socket, 'connect');
  return socket;
}

const say = (socket, room, content, id = randomUUID()) => socket.timeout(patience).emitWithAck('message:send', { room, content, id });
const join_room = (socket, room) => socket.timeout(patience).emitWithAck('join_room', room);
const metric = async (url, name) => Number((await (await fetch(`${url}/metrics`)).text()).match(new RegExp(`^${name} (\\S+)$`, 'm'))?.[1]);

describe('a cluster', () => {
  let cluster, crowd;

  before(async () => {
    cluster = await Cluster.start({
      nodes: 3, directory: join(directory, 'data'), relays: false,
      set: kept(postgres, { 'cluster.operation_timeout_ms': 2_000, 'postgres.timeout_ms': 1_000 }),
    });
    await Promise.all(cluster.nodes.map((node) => node.untilReady()));
    crowd = new Crowd(cluster, new Random(seed), { members: 18, rooms: 6, rooms_each: 3, rate: 40 });
    await crowd.connect();
  }, { timeout: 300_000 });

  after(async () => {
    try {
      crowd?.close();
    } finally {
      await cluster?.stop();
    }
  }, { timeout: 120_000 });

  const faults = {
    async kill_home_while_postgres_restarts(run) {
      const node = run.random.pick(run.cluster.alive);
      run.note(`PostgreSQL ends, then ${node.id} is killed`);
      run.disturb(run.cluster.alive);
      await postgres.kill();
      await run.pause(run.random.int(0, 500));
      await node.kill();
      await run.pause(run.random.int(0, 500));
      await postgres.start();
      run.note('PostgreSQL is back');
      await node.start();
    },
    async kill_home(run) {
      const node = run.random.pick(run.cluster.alive);
      run.note(`kill -9 ${node.id}`);
      await node.kill();
      await run.pause(run.random.int(200, 800));
      await node.start();
    },
    async home_stands_still(run) {
      const node = run.random.pick(run.cluster.alive);
      run.note(`${node.id} stops`);
      run.disturb([node]);
      node.suspend();
      await run.pause(3_000);
      node.resume();
    },
    async postgres_stands_still(run) {
      run.note('PostgreSQL stops');
      run.disturb(run.cluster.alive);
      postgres.stop();
      await run.pause(1_500);
      postgres.resume();
      run.note('PostgreSQL goes on');
    },
  };

  for (const [name, fault] of Object.entries(faults)) {
    test(name, { timeout: 600_000 }, async (t) => {
      crowd.options.prefix = `${name}.`;
      crowd.random = new Random(seed * 1_009 + name.length);
      await judged(t, { cluster, crowd, random: crowd.random.fork(), faults: [fault], directory: join(directory, name), short: true });
    });
  }

  test('while PostgreSQL is away nothing is acknowledged, and everybody is told why; then it goes on', { timeout: 300_000 }, async (t) => {
    const room = 'away';
    const sockets = await Promise.all(cluster.nodes.map((node, i) => connected(t, node.url, `away-${i}`)));
    for (const socket of sockets) assert.ok((await join_room(socket, room)).ok);
    const heard = sockets.map((socket) => {
      const all = [];
      socket.on('message:new', ({ room: where, seq, content }) => where === room && all.push([seq, content]));
      return all;
    });
    assert.equal((await say(sockets[0], room, 'before')).level, 'stored');
    await postgres.kill();
    await until(async () => (await Promise.all(cluster.nodes.map((n) => n.readiness()))).every((r) => !r.ready && /PostgreSQL/.test(r.reasons.join())), 'not ready');
    assert.equal(await metric(cluster.nodes[0].url, 'troupe_postgres_up'), 0);
    const id = randomUUID();
    const answers = await Promise.all(sockets.map((socket, i) => say(socket, room, `meanwhile ${i}`, i ? undefined : id)));
    for (const answer of answers) {
      assert.equal(answer.ok, false, JSON.stringify(answer));
      assert.match(answer.error.code, /^(log|room)_unavailable$/);
      assert.match(answer.error.message, /history/);
    }
    assert.ok(answers.some((answer) => answer.error.code === 'log_unavailable')); // at the room's home
    assert.ok(heard.every((all) => all.every(([, content]) => content === 'before')));
    assert.equal((await sockets[0].timeout(patience).emitWithAck('history', { room })).error.code, 'log_unavailable');
    await postgres.start();
    await Promise.all(cluster.nodes.map((node) => node.untilReady()));
    const again = await say(sockets[0], room, 'meanwhile 0', id);
    assert.equal(again.level, 'stored', JSON.stringify(again));
    const last = await say(sockets[1], room, 'after');
    await until(() => [0, 2].every((i) => heard[i].some(([, content]) => content === 'after')), 'the last message is heard');
    const { messages } = await sockets[0].timeout(patience).emitWithAck('history', { room });
    const texts = messages.map((m) => m.args[0].content);
    assert.equal(texts.filter((text) => text === 'meanwhile 0').length, 1);
    assert.deepEqual([texts[0], texts.at(-1)], ['before', 'after']);
    assert.equal(messages.at(-1).seq, last.seq);
  });

  test('while Redis is away rooms go on, and what they acknowledge is stored', { timeout: 300_000 }, async (t) => {
    const rooms = Array.from({ length: 12 }, (_, i) => `without-redis-${i}`); // some on each node
    const socket = await connected(t, cluster.nodes[0].url, 'without-redis');
    for (const room of rooms) assert.equal((await join_room(socket, room)).ok && (await say(socket, room, 'before')).level, 'stored');
    await cluster.redis.kill();
    await until(async () => (await Promise.all(cluster.nodes.map((n) => n.readiness()))).every((r) => !r.ready && /Redis/.test(r.reasons.join())), 'not ready');
    for (const room of rooms) {
      const answer = await say(socket, room, 'meanwhile');
      assert.equal(answer.level, 'stored', JSON.stringify(answer));
    }
    await cluster.redis.start();
    await Promise.all(cluster.nodes.map((node) => node.untilReady()));
    for (const room of rooms) {
      const { messages } = await socket.timeout(patience).emitWithAck('history', { room });
      assert.deepEqual(messages.map((m) => m.args[0].content), ['before', 'meanwhile']);
    }
  });

  test('the password is in no log', () => {
    for (const node of cluster.nodes) {
      assert.match(node.process.log, /postgres-connected/);
      assert.match(node.process.log, /postgres-lost/);
      assert.ok(!node.process.log.includes(Postgres.password));
      assert.ok(!node.process.log.includes(encodeURIComponent(Postgres.password)));
    }
  });
});

test('clients that come back get what they missed out of PostgreSQL', { timeout: 300_000 }, async (t) => {
  const stage = await Stage.set(servers.troupe, {
    dice: dice_of(seed, 0), directory: join(directory, 'recovery'), clients: 12, sizes: [1, 3, 6], rooms: 12, rate: 60,
    set: kept(postgres, { 'cluster.name': 'recovery', 'cluster.tail_messages': 10 }),
  });
  t.after(() => stage.end());
  const killed_and_restarted = async (run) => {
    const repair = await of_the_cluster.kill(run);
    await postgres.kill();
    await postgres.start();
    return repair;
  };
  for (const [i, ways] of [['clients'], [killed_and_restarted]].entries()) {
    const { clients, findings, examples } = await stage.round(ways, dice_of(seed, i + 1));
    assert.deepEqual(findings.filter((f) => !f.endsWith(' doubled')), [], examples.slice(0, 10).join('\n'));
    assert.ok(clients.reduce((n, c) => n + c.recovered, 0) > 0);
  }
});

test('a node that is alone finds its histories again, and goes on in them', { timeout: 120_000 }, async (t) => {
  const set = kept(postgres, { 'cluster.name': 'alone', 'rooms.idle_timeout_ms': 100 });
  const node = await startTroupe({ t, set });
  const room = 'lobby';
  const texts = async (socket) => (await socket.timeout(patience).emitWithAck('history', { room })).messages.map((m) => [m.seq, m.args[0].content]);
  let socket = await connected(t, node.url, 'ann');
  await join_room(socket, room);
  assert.deepEqual([(await say(socket, room, 'one')).seq, (await say(socket, room, 'two')).seq], [1, 2]);
  for (const how of ['restart', 'kill']) {
    socket.disconnect();
    if (how === 'kill') await node.kill();
    else await node.stop();
    await node.start();
    socket = await connected(t, node.url, 'ann');
    await join_room(socket, room);
    const answer = await say(socket, room, how);
    assert.deepEqual([answer.ok, answer.seq, answer.level], [true, how === 'restart' ? 3 : 4, 'stored'], JSON.stringify(answer));
  }
  assert.deepEqual(await texts(socket), [[1, 'one'], [2, 'two'], [3, 'restart'], [4, 'kill']]);
  assert.deepEqual(await postgres.ask("SELECT count(*) FROM troupe.room_logs WHERE cluster = 'alone'"), ['1']);

  // An old process that still ends while the new one runs: neither loses what it acknowledges.
  const second = await startTroupe({ t, set, port: await freePort() });
  const other = await connected(t, second.url, 'bob');
  await join_room(other, room);
  assert.equal((await say(other, room, 'new')).seq, 5);
  assert.equal((await say(socket, room, 'old')).seq, 6);
  assert.equal((await say(other, room, 'new again')).seq, 7);
  assert.deepEqual((await texts(other)).slice(4), [[5, 'new'], [6, 'old'], [7, 'new again']]);
});

test('check-config knows what PostgreSQL needs, and print-config hides the password', { timeout: 60_000 }, async () => {
  const refused = (set) => troupe(['check-config', ...Object.entries(set).flatMap(([k, v]) => ['--set', `${k}=${v}`])]).then(() => '', (e) => e.stderr + e.stdout);
  const base = { 'rooms.history.enabled': true, 'rooms.history.store': 'postgres' };
  assert.equal(await refused({ ...base, 'postgres.url': postgres.url }), '');
  assert.match(await refused(base), /postgres\.url: .*say where it is/);
  const shown = await troupe(['print-config'], { env: { DATABASE_URL: postgres.url } });
  assert.match(shown, /postgres:\/\/postgres:\*\*\*@127\.0\.0\.1/);
  assert.ok(!shown.includes(encodeURIComponent(Postgres.password)));
});
