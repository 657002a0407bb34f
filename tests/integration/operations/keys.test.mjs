// What other programs read in Redis: true while clients come and go, after crashes, after Redis was away, and after `troupe doctor`.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after, afterEach, before, test } from 'node:test';
import { another, client, command, emit, metric, post, redis, settled, startCluster, until } from './operator.mjs';

const prefix = 'troupe:faults:';
let cluster;
let clients = [];

const begin = async (set = {}) => {
  cluster = await startCluster(3, 'keys', {
    'presence.offline_delay_ms': 100, 'cluster.keys.accept_messages': true, 'cluster.keys.publish_messages': true, ...set,
  });
};
before(() => begin(), { timeout: 300_000 });
afterEach(() => { for (const socket of clients) socket.disconnect(); clients = []; });
after(() => cluster?.stop(), { timeout: 60_000 });

async function connect(node, user, options) {
  const socket = await client(node.url, user, options);
  clients.push(socket);
  return socket;
}

/** All connections that Redis knows of: socket -> user. */
async function connections(node) {
  const lines = await cluster.redis.ask('HGETALL', `${prefix}connections:${node.id}`);
  return Object.fromEntries(lines.filter((l) => l !== '').reduce((pairs, line, i) => (i % 2 ? pairs.at(-1).push(line) : pairs.push([line]), pairs), []));
}
const members = (room) => redis(cluster, 'SMEMBERS', `${prefix}room:${room}`);
const sockets = (user) => redis(cluster, 'SMEMBERS', `${prefix}user:${user}:sockets`);
async function presence(user) {
  const [text] = await redis(cluster, 'GET', `${prefix}presence:${user}`);
  return text ? JSON.parse(text) : null;
}
const same = (a, b) => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
const sorted = (...list) => list.sort();

/** Lines that redis-cli hears on channels. */
async function listen(...channels) {
  const child = spawn('redis-cli', ['-p', String(cluster.redis.port), '--csv', 'SUBSCRIBE', ...channels.map((c) => prefix + c)],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await until(() => lines.filter((line) => line.startsWith('"subscribe"')).length === channels.length, 'subscribed');
  return { lines, close: () => child.kill() };
}

test('who is connected, in which rooms, and online, as it changes', { timeout: 300_000 }, async () => {
  const [one, two] = cluster.nodes;
  const heard = await listen('presence:updates', 'room:lobby');
  try {
    const ann = await connect(one, 'ann'), second = await connect(two, 'ann'), bob = await connect(two, 'bob');
    await until(async () => (await connections(one))[ann.id] === 'ann', 'ann is connected');
    await until(async () => same(await sockets('ann'), [ann.id, second.id]), 'ann has two sockets');
    await until(async () => (await connections(two))[bob.id] === 'bob', 'bob is connected');
    for (const socket of [ann, bob]) assert.equal((await emit(socket, 'join_room', 'lobby')).ok, true);
    await until(async () => same(await members('lobby'), [ann.id, bob.id]), 'both are members');
    await until(async () => (await presence('ann'))?.status === 'online', 'ann is online');
    const [ttl] = await redis(cluster, 'TTL', `${prefix}presence:ann`);
    assert.ok(Number(ttl) > 0 && Number(ttl) <= 60, `presence lasts for ${ttl} s`);
    bob.emit('typing', { room: 'lobby', typing: true });
    await until(async () => same(await redis(cluster, 'ZRANGE', `${prefix}typing:lobby`, '0', '-1'), ['bob']), 'bob types');
    bob.emit('typing', { room: 'lobby', typing: false });
    await until(async () => (await redis(cluster, 'ZRANGE', `${prefix}typing:lobby`, '0', '-1')).length === 0, 'bob has stopped');
    assert.equal((await emit(bob, 'chat:message', { room: 'lobby', message: 'a "word"' })).ok, true);
    await until(() => heard.lines.some((line) => line.includes('room:lobby') && line.includes('new_message')), 'the message is published');
    assert.equal((await emit(ann, 'leave_room', 'lobby')).ok, true);
    await until(async () => same(await members('lobby'), [bob.id]), 'ann has left the room');
    const gone = ann.id;
    ann.disconnect();
    await until(async () => !(gone in await connections(one)) && same(await sockets('ann'), [second.id]), 'one socket is gone');
    assert.equal((await presence('ann')).status, 'online');
    second.disconnect();
    await until(async () => (await presence('ann'))?.status === 'offline', 'ann is offline');
    await until(() => heard.lines.filter((line) => line.includes('presence:updates') && line.includes('ann')).length >= 2, 'both were published');
  } finally {
    heard.close();
  }
});

test('a message to the channel of a node reaches its clients', { timeout: 300_000 }, async () => {
  const [one, two] = cluster.nodes;
  const here = await connect(one, 'here'), there = await connect(two, 'there');
  const got = [];
  here.on('note', (...args) => got.push(args));
  there.on('note', () => got.push('elsewhere'));
  await redis(cluster, 'PUBLISH', `${prefix}server:${one.id}`, 'nonsense');
  await redis(cluster, 'PUBLISH', `${prefix}server:${one.id}`, JSON.stringify({ event: 'note', args: [1, { two: 3 }], rooms: [here.id] }));
  await until(() => got.length > 0, 'it arrives');
  assert.deepEqual(got, [[1, { two: 3 }]]);
  assert.equal(await metric(one, 'troupe_keys_letters_refused_total'), 1);
});

test('what a killed node leaves is taken away by one of the others', { timeout: 300_000 }, async () => {
  const [one, two, three] = cluster.nodes;
  const stays = await connect(one, 'stays'), goes = await connect(three, 'goes', { reconnection: false });
  for (const socket of [stays, goes]) assert.equal((await emit(socket, 'join_room', 'wake')).ok, true);
  await until(async () => same(await members('wake'), [stays.id, goes.id]), 'both are members');
  const lost = goes.id;
  await three.kill();
  await until(async () => same(await members('wake'), [stays.id]), 'the dead are no members');
  await until(async () => Object.keys(await connections(three)).length === 0, 'the dead are not connected');
  assert.equal((await sockets('goes')).includes(lost), false);
  await until(async () => same(await redis(cluster, 'SMEMBERS', `${prefix}servers`), [one.id, two.id]), 'it is no server');
  const reaped = await metric(one, 'troupe_keys_nodes_reaped_total') + await metric(two, 'troupe_keys_nodes_reaped_total');
  assert.equal(reaped, 1);
  await three.start();
  await settled(cluster);
});

test('after Redis was away, and after it came back empty, everything is there again', { timeout: 300_000 }, async () => {
  const [one, two] = cluster.nodes;
  const ann = await connect(one, 'ann'), bob = await connect(two, 'bob');
  for (const socket of [ann, bob]) assert.equal((await emit(socket, 'join_room', 'hall')).ok, true);
  await until(async () => same(await members('hall'), [ann.id, bob.id]), 'both are members');
  const left = bob.id;
  await cluster.redis.kill();
  bob.disconnect();
  const carol = await connect(two, 'carol');
  await cluster.redis.start();
  await until(async () => {
    const now = await connections(two);
    return now[carol.id] === 'carol' && !(left in now);
  }, 'what happened meanwhile is there');
  await until(async () => same(await members('hall'), [ann.id]), 'bob has left');
  await cluster.redis.kill();
  await cluster.redis.forget();
  await cluster.redis.start();
  await until(async () => (await connections(one))[ann.id] === 'ann' && (await connections(two))[carol.id] === 'carol', 'all is written again');
  await until(async () => same(await members('hall'), [ann.id]) && same(await sockets('ann'), [ann.id]), 'rooms and users, too');
  await until(async () => (await presence('ann'))?.status === 'online', 'and presence');
  await settled(cluster);
});

test('the doctor finds what is wrong, says so, and repairs it', { timeout: 300_000 }, async () => {
  // Nodes of their own, to which nothing has happened, and which check nothing by themselves.
  await cluster.stop();
  await begin({ 'cluster.keys.check_interval_ms': 0 });
  const written = () => Promise.all(cluster.nodes.map((node) => metric(node, 'troupe_keys_rewrites_total')));
  await until(async () => (await written()).every((times) => times >= 2), 'all have looked twice at what they found when they came');
  const [one, two] = cluster.nodes;
  const ann = await connect(one, 'ann'), bob = await connect(two, 'bob');
  for (const socket of [ann, bob]) assert.equal((await emit(socket, 'join_room', 'ward')).ok, true);
  await until(async () => same(await members('ward'), [ann.id, bob.id]), 'both are members');
  // From here on nothing changes by itself; what was on its way arrives.
  await until(async () => (await command(one, 'doctor', '--check')).code === 0, 'all is well');
  await redis(cluster, 'DEL', `${prefix}connections:${two.id}`);
  await redis(cluster, 'SREM', `${prefix}room:ward`, ann.id);
  await redis(cluster, 'SADD', `${prefix}room:ward`, 'ghost');
  await redis(cluster, 'SADD', `${prefix}room:nobody-knows`, 'ghost');
  await redis(cluster, 'HSET', `${prefix}connections:gone`, 'AAAAAAAAAAAAAAAAAAAA', 'who');
  await redis(cluster, 'SADD', `${prefix}servers`, 'gone');
  const looked = await command(two, 'doctor', '--check', '--json');
  assert.equal(looked.code, 1, looked.err);
  const answer = JSON.parse(looked.out);
  assert.equal(answer.consistent, false);
  assert.equal(answer.repaired, 0);
  const of = (id) => answer.nodes.find((n) => n.node === id);
  assert.ok(of(two.id).missing.connections >= 1);
  assert.ok(of(one.id).missing.room >= 1);
  assert.ok(of(two.id).extra.room >= 2);
  assert.deepEqual(of(two.id).deadNodes, ['gone']);
  assert.deepEqual(answer.silent, []);
  assert.equal((await members('ward')).includes('ghost'), true);
  const repaired = await command(two, 'doctor');
  assert.equal(repaired.code, 0, repaired.out + repaired.err);
  assert.match(repaired.out, /consistent; [1-9]\d* entries were wrong, [1-9]\d* repaired/);
  await until(async () => same(await members('ward'), sorted(ann.id, bob.id)), 'members are right');
  await until(async () => (await connections(two))[bob.id] === 'bob', 'connections are right');
  await until(async () => (await members('nobody-knows')).length === 0, 'ghosts are gone');
  await until(async () => !(await redis(cluster, 'SMEMBERS', `${prefix}servers`)).includes('gone'), 'dead nodes are gone');
  assert.ok(await metric(one, 'troupe_keys_found_total') + await metric(two, 'troupe_keys_found_total') >= 3);
  assert.equal((await command(two, 'doctor', '--check')).code, 0);
});

test('a storm of clients costs few round trips', { timeout: 300_000 }, async () => {
  const one = cluster.nodes[0];
  const before = { batches: await metric(one, 'troupe_keys_batches_total'), commands: await metric(one, 'troupe_keys_commands_total') };
  const all = await Promise.all(Array.from({ length: 200 }, (_, i) => connect(one, `storm-${i}`, { transports: ['websocket'] })));
  await Promise.all(all.map((socket) => emit(socket, 'join_room', 'storm')));
  await until(async () => (await members('storm')).length === 200, 'all are members');
  const batches = await metric(one, 'troupe_keys_batches_total') - before.batches;
  const commands = await metric(one, 'troupe_keys_commands_total') - before.commands;
  console.log(`# 200 connects and joins: ${commands} commands in ${batches} batches`);
  assert.ok(commands < 200 * 5, `${commands} commands`);
  assert.ok(batches < 200, `${batches} batches`);
});

test('a pinned room lives where it is told, while that node lives', { timeout: 300_000 }, async () => {
  const [one, two] = cluster.nodes;
  const owned = async (node) => (await node.api('drain')).slots.owned;
  await settled(cluster);
  const said = await command(one, 'rooms', 'pin', 'pinned room', two.id);
  assert.equal(said.code, 0, said.err);
  assert.match(said.out, new RegExp(`slot \\d+, in which the room lives, is pinned to ${two.id}`));
  await until(async () => (await two.api('pins')).pins?.some((p) => p.room === 'pinned room' && p.node === two.id), 'everybody knows of it');
  // Moved to each node in turn, it is each node's: one slot more than without it.
  const [slot] = /\d+/.exec(said.out);
  const home = async () => (await redis(cluster, 'HGET', 'troupe:{faults}:slots', slot))[0]?.split(' ')[2];
  await until(async () => (await home()) === two.id, 'it lives there');
  assert.equal((await command(one, 'rooms', 'pin', 'pinned room', one.id)).code, 0);
  await until(async () => (await home()) === one.id, 'it has moved');
  const socket = await connect(two, 'ann');
  assert.equal((await emit(socket, 'join_room', 'pinned room')).ok, true);
  assert.equal((await emit(socket, 'chat:message', { room: 'pinned room', message: 'm' })).ok, true);
  const late = await another(cluster, { 'cluster.keys.accept_messages': true });
  await late.start();
  assert.equal((await command(one, 'rooms', 'pin', 'pinned room', late.id)).code, 0);
  await until(async () => (await home()) === late.id, 'it has moved to the new node');
  await late.kill();
  await until(async () => [one.id, two.id, cluster.nodes[2].id].includes(await home()), 'its pin holds nobody up');
  assert.equal((await emit(socket, 'chat:message', { room: 'pinned room', message: 'again' })).ok, true);
  assert.equal((await post(one, 'rooms/pinned%20room/unpin')).ok, true);
  await until(async () => (await one.api('pins')).pins.length === 0, 'it is not pinned any more');
  assert.ok(await owned(one) > 0);
});
