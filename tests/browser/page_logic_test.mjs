// The parts of the demo page that need no browser: order of messages, what events do to the state, addresses, words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, parseHash } from '../../web/demo/address.js';
import { Conversation } from '../../web/demo/conversation.js';
import { ago, dayOf, hueOf, initials, listOf, sentence, textOf } from '../../web/demo/format.js';
import { Incoming, safeLink } from '../../web/demo/incoming.js';
import { State } from '../../web/demo/state.js';

const ids = (conversation) => conversation.messages.map((message) => message.id);
const from = (id, seq) => ({ id, kind: 'chat', from: 'bob', text: id, ts: 1, seq });
const own = (id) => ({ id, from: 'ann', text: id, ts: 1 });

test('what arrives stands before what is still being sent', () => {
  const room = new Conversation('room', 'lobby');
  room.send(own('mine'));
  assert.ok(room.arrive(from('theirs', 1)));
  assert.deepEqual(ids(room), ['theirs', 'mine']);
});

test('an own message goes to the place that the room gave it', () => {
  const room = new Conversation('room', 'lobby');
  room.arrive(from('1', 1));
  room.send(own('mine'));
  room.arrive(from('2', 2));
  room.arrive(from('4', 4));
  room.settle('mine', 'sent', { seq: 3 });
  assert.deepEqual(ids(room), ['1', '2', 'mine', '4']);
});

test('a room that counts anew does not shuffle what was there before', () => {
  const room = new Conversation('room', 'lobby');
  room.arrive(from('old', 900));
  room.send(own('mine'));
  room.settle('mine', 'sent', { seq: 1 });
  assert.deepEqual(ids(room), ['old', 'mine']);
});

test('a message is shown once, also when the own one comes back', () => {
  const room = new Conversation('room', 'lobby');
  assert.ok(room.arrive(from('a', 1)));
  assert.ok(!room.arrive(from('a', 1)));
  room.send(own('b'));
  assert.ok(!room.arrive({ ...own('b'), kind: 'chat', seq: 2 }));
  assert.deepEqual(room.messages.map((message) => message.status), [null, 'sent']);
  assert.deepEqual(ids(room), ['a', 'b']);
});

test('a better word about a message is not taken back', () => {
  const person = new Conversation('user', 'bob');
  person.send(own('a'));
  person.settle('a', 'delivered');
  person.settle('a', 'sent');
  assert.equal(person.find('a').status, 'delivered');
  person.send(own('b'));
  person.settle('b', 'failed', { detail: 'no' });
  assert.deepEqual([person.find('b').status, person.find('b').detail], ['failed', 'no']);
});

test('a conversation keeps the last 500 messages', () => {
  const room = new Conversation('room', 'lobby');
  for (let i = 0; i < 620; i += 1) room.arrive(from(`m${i}`, i));
  assert.equal(room.messages.length, 500);
  assert.equal(room.messages[0].id, 'm120');
});

test('somebody with two windows leaves with the last one', () => {
  const room = new Conversation('room', 'lobby');
  assert.ok(room.enter('bob', 's1'));
  assert.ok(!room.enter('bob', 's2'));
  assert.ok(!room.exit('bob', 's1'));
  assert.ok(room.exit('bob', 's2'));
  assert.ok(!room.exit('bob', 's2'));
});

function incoming(now = 1_000) {
  const state = new State();
  state.me = 'ann';
  const heard = [];
  const clock = { now };
  const events = new Incoming(state, {
    message: (conversation, message) => heard.push([conversation.key, message.id]), person: () => {}, refusal: (error) => heard.push(error.code),
  }, () => clock.now);
  return { state, heard, events, clock };
}

test('a direct message opens its conversation, on the side of the other one', () => {
  const { state, heard, events } = incoming();
  events.event('message:new', { id: '1', from: 'bob', to: 'ann', content: 'hi', ts: 5, seq: 1 });
  events.event('message:new', { id: '2', from: 'ann', to: 'bob', content: 'from my other window', ts: 6, seq: 1 });
  assert.deepEqual(ids(state.existing('user', 'bob')), ['1', '2']);
  assert.deepEqual(heard, [['user:bob', '1']], 'the own message is not news');
});

test('messages of rooms that are not open here, and odd events, change nothing', () => {
  const { state, heard, events } = incoming();
  events.event('message:new', { id: '1', from: 'bob', room: 'elsewhere', content: 'hi', ts: 5 });
  for (const odd of [null, undefined, 'text', 7, []]) {
    for (const name of ['message:new', 'typing', 'chat', 'room_joined', '__proto__', 'constructor']) events.event(name, odd);
  }
  events.event('no such event', { room: 'lobby' });
  assert.equal(state.conversations.size, 0);
  assert.deepEqual(heard, []);
});

test('a producer\'s events go into the room that their data names', () => {
  const { state, events } = incoming();
  const room = state.conversation('room', 'conversation:7');
  events.event('notification', { room: 'conversation:7', id: 'n', title: 'New follower', content: 'Bob follows', ts: 9, link: 'javascript:alert(1)' });
  events.event('chat', { room: 'conversation:7', id: 'c', from: 'Bob', content: 'hello', link: 'https://example.org/a.jpg' });
  assert.deepEqual(room.messages.map(({ kind, text, link }) => [kind, text, link ?? null]), [
    ['notification', 'New follower\nBob follows', null], ['chat', 'hello', 'https://example.org/a.jpg'],
  ]);
});

test('a time that is none is replaced by now', () => {
  const { state, events } = incoming(1_234);
  const room = state.conversation('room', 'r');
  for (const ts of [1e300, -5, 'yesterday', {}, null]) events.event('chat', { room: 'r', content: 'x', ts });
  assert.deepEqual(room.messages.map((message) => message.ts), [1_234, 1_234, 1_234, 1_234, 1_234]);
});

test('typing ends by itself when its end was lost', () => {
  const { state, events, clock } = incoming();
  const room = state.conversation('room', 'lobby');
  events.event('typing', { room: 'lobby', userId: 'bob', typing: true });
  events.event('typing', { room: 'lobby', userId: 'ann', typing: true });
  assert.deepEqual([...room.typists.keys()], ['bob']);
  clock.now += 60_000;
  assert.ok(room.expireTyping(clock.now));
  assert.equal(room.typists.size, 0);
});

test('presence is known only while connected', () => {
  const { state, events } = incoming();
  state.connection.phase = 'online';
  events.setPresences([{ userId: 'bob', status: 'away', lastSeen: 7 }, null, { status: 'odd' }]);
  assert.equal(state.statusOf('bob'), 'away');
  events.event('user_offline', { userId: 'bob', lastSeen: 8 });
  assert.deepEqual(state.presence.get('bob'), { status: 'offline', last_seen: 8 });
  state.connection.phase = 'waiting';
  assert.equal(state.statusOf('bob'), 'unknown');
});

test('an event that was refused without acknowledgement is told', () => {
  const { heard, events } = incoming();
  events.event('error', { ok: false, error: { code: 'rate_limited', message: 'slow down' } });
  assert.deepEqual(heard, ['rate_limited']);
});

test('addresses', () => {
  assert.deepEqual(parseHash('#room=lobby&name=ann'), { room: 'lobby', user: null, name: 'ann', transport: null });
  assert.deepEqual(parseHash('#room=a%26b%20%23c&transport=polling').room, 'a&b #c');
  assert.deepEqual(parseHash('#user=bob&transport=carrier-pigeon'), { room: null, user: 'bob', name: null, transport: null });
  assert.deepEqual(parseHash(''), { room: null, user: null, name: null, transport: null });
  for (const name of ['lobby', 'conversation:7', 'a&b=c #d', 'phòng họp']) {
    assert.equal(parseHash(hashOf({ kind: 'room', name })).room, name);
  }
});

test('words', () => {
  const noon = new Date(2024, 4, 15, 12).getTime();
  assert.equal(dayOf(noon, noon + 3_600_000), 'Today');
  assert.equal(dayOf(noon, noon + 86_400_000), 'Yesterday');
  assert.equal(ago(noon, noon + 20_000), 'just now');
  assert.equal(ago(noon, noon + 5 * 60_000), '5 min ago');
  assert.deepEqual(['ann', 'Bob Marsh', 'a.b.c', '', 'đức'].map(initials), ['A', 'BM', 'AC', '?', 'Đ']);
  assert.deepEqual([['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']].map((names) => listOf(names)),
    ['a', 'a and b', 'a, b and 1 other', 'a, b and 2 others']);
  assert.equal(sentence('join the room first'), 'Join the room first.');
  assert.equal(sentence('Already good!'), 'Already good!');
  assert.equal(hueOf('ann'), hueOf('ann'));
  assert.ok(hueOf('bob') >= 0 && hueOf('bob') < 8);
});

test('content of any kind has a text', () => {
  assert.deepEqual([
    'hi', { text: 'hi' }, { title: 'T', body: 'b' }, { a: 1 }, [1, 2], null, 7, new ArrayBuffer(3),
  ].map(textOf), ['hi', 'hi', 'T\nb', '{"a":1}', '[1,2]', '', '7', '(3 bytes)']);
});

test('only web addresses become links', () => {
  assert.deepEqual(['https://a.b/c', 'HTTP://a.b', 'javascript:alert(1)', ' https://a', '//a.b', 7, null].map(safeLink),
    ['https://a.b/c', 'HTTP://a.b', null, null, null, null, null]);
});
