// Draining: slots first, then clients a batch at a time, who come back elsewhere by themselves; taken back; by SIGTERM.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { byReadiness, client, command, emit, metric, post, settled, startCluster, until } from './operator.mjs';

const many = 40;
const per_second = 2;
let cluster, balancer;
let clients = [];

before(async () => {
  cluster = await startCluster(2, 'drain', {
    'cluster.drain_clients_per_second': per_second, 'server.shutdown_timeout_ms': 600_000, 'cluster.drain_timeout_ms': 600_000,
  });
  balancer = await byReadiness(() => cluster.nodes.filter((node) => node.state === 'up'));
}, { timeout: 300_000 });
afterEach(() => { for (const socket of clients) socket.disconnect(); clients = []; });
after(async () => {
  balancer?.close();
  await cluster?.stop();
}, { timeout: 60_000 });

const connections = async (node) => (await (await fetch(`${node.url}/health`)).json()).connections.open;

async function crowd(room) {
  for (let i = 0; i < many; ++i) {
    balancer.prefer = cluster.nodes[i % 2];
    clients.push(await client(balancer.url, `${room}-${i}`, { transports: i % 3 ? ['websocket'] : ['polling'] }));
  }
  balancer.prefer = null;
  for (const socket of clients) {
    socket.seen = [];
    socket.on('new_message', ({ message }) => socket.seen.push(message));
    socket.on('connect', () => socket.emit('join_room', room));
    assert.equal((await emit(socket, 'join_room', room)).ok, true);
  }
}

test('a drain moves slots, then clients at their pace, and every client goes on elsewhere', { timeout: 300_000 }, async () => {
  const [one, two] = cluster.nodes;
  await crowd('drained');
  const here = await connections(two);
  assert.ok(here > 10, `${here} clients on the node`);
  const began = performance.now();
  const said = await command(two, 'drain', '--timeout', '120');
  assert.equal(said.code, 0, said.err);
  assert.match(said.out, /0 slots left, 0 clients connected/);
  assert.match(said.err, /slots left, \d+ clients connected/);
  // Not all at once. (The other bound, that it ends in time, is the command's own.)
  assert.ok(performance.now() - began > (here / per_second) * 1000 * 0.5, 'clients were sent away all at once');
  assert.equal(await metric(two, 'troupe_drain_clients_moved_total') >= here, true);
  const health = await (await fetch(`${two.url}/health`)).json();
  assert.equal(health.drain.phase, 'done');
  assert.equal((await two.readiness()).ready, false);
  await until(() => clients.every((socket) => socket.connected), 'all clients are connected again');
  await until(async () => (await connections(one)) >= many, 'all clients are on the other node');
  const moved = clients.filter((socket) => socket.ends.length > 0);
  assert.ok(moved.length >= here);
  for (const socket of moved) assert.ok(socket.ends.every((reason) => reason === 'transport close'), socket.ends.join());
  // A new one that comes straight to the drained node is turned away, and told so.
  const refused = await fetch(`${two.url}/socket.io/?EIO=4&transport=polling`);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get('retry-after'), '1');
  await until(async () => {
    const { members } = await one.api('rooms/drained/members?limit=100');
    return members?.length === many;
  }, 'all are members again');
  assert.equal((await emit(clients[0], 'chat:message', { room: 'drained', message: 'after' })).ok, true);
  await until(() => clients.slice(1).every((socket) => socket.seen.includes('after')), 'everybody hears it');
  // Taken back: readiness, clients and slots return.
  const back = await command(two, 'drain', '--cancel');
  assert.equal(back.code, 0, back.err);
  await two.untilReady(60_000);
  await until(async () => (await two.api('drain')).slots.owned > 400, 'its slots come back');
  assert.equal((await fetch(`${two.url}/socket.io/?EIO=4&transport=polling`)).status, 200);
  assert.equal((await (await fetch(`${two.url}/health`)).json()).drain, undefined);
});

test('a drain that is taken back in the middle leaves the rest of the clients where they are', { timeout: 300_000 }, async () => {
  const two = cluster.nodes[1];
  await settled(cluster);
  await crowd('halfway');
  const here = await connections(two);
  assert.ok(here > 10, `${here} clients on the node`);
  await post(two, 'drain');
  await until(async () => (await two.api('drain')).clients.moved >= 2, 'some clients were moved');
  const taken = await post(two, 'drain', { on: false });
  assert.equal(taken.draining, false);
  assert.equal(taken.clients.phase, 'none');
  const { moved } = taken.clients;
  assert.ok(moved < here, `${moved} of ${here} moved`);
  await two.untilReady(60_000);
  assert.ok(await metric(two, 'troupe_drains_cancelled_total') >= 1);
  assert.equal((await two.api('drain')).clients.moved, moved);
  await until(() => clients.every((socket) => socket.connected), 'all clients are connected');
});

test('a drain can keep the clients', { timeout: 300_000 }, async () => {
  const two = cluster.nodes[1];
  await settled(cluster);
  await crowd('kept');
  const here = await connections(two);
  const said = await command(two, 'drain', '--keep-clients', '--json');
  assert.equal(said.code, 0, said.err);
  const progress = JSON.parse(said.out);
  assert.equal(progress.slots.owned, 0);
  assert.equal(progress.clients.moving, false);
  assert.equal(progress.connections, here);
  assert.equal((await emit(clients[0], 'chat:message', { room: 'kept', message: 'm' })).ok, true);
  assert.equal(clients.every((socket) => socket.ends.length === 0), true);
  assert.equal((await command(two, 'drain', '--cancel')).code, 0);
  await two.untilReady(60_000);
});

test('SIGTERM drains as well, and ends the process', { timeout: 300_000 }, async () => {
  const [one, two] = cluster.nodes;
  await settled(cluster);
  await until(async () => (await two.api('drain')).slots.owned > 400, 'its slots are back');
  await crowd('ended');
  const here = await connections(two);
  assert.ok(here > 10, `${here} clients on the node`);
  const { code, signal } = await two.terminate();
  assert.equal(signal, null);
  assert.equal(code, 0);
  assert.match(two.process.log, /phase=clients/);
  assert.match(two.process.log, /phase=done/);
  await until(() => clients.every((socket) => socket.connected), 'all clients are connected again');
  await until(async () => (await connections(one)) >= many, 'all clients are on the other node');
  for (const socket of clients) assert.ok(socket.ends.every((reason) => reason === 'transport close'), socket.ends.join());
  const { slots } = await one.api('drain');
  assert.equal(slots.owned, 1024);
});
