// The checker is worth something only if it finds what is wrong: good histories with one fault each put in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from './checker.mjs';

/** Three members, ten messages of a fourth, all seen by everybody. */
function good() {
  const records = [];
  for (const [i, member] of ['a', 'b', 'c', 'p'].entries())
    records.push({ type: 'member', member, room: 'r', node: `n${(i % 3) + 1}`, joined: 0 });
  for (let seq = 1; seq <= 10; ++seq) {
    const text = `m${seq}`;
    records.push({ type: 'publish', text, room: 'r', by: 'p', time: seq * 10 });
    for (const member of ['a', 'b', 'c']) records.push({ type: 'delivery', member, room: 'r', seq, text, time: seq * 10 + 3 });
    records.push({ type: 'answer', text, time: seq * 10 + 5, seq, level: 'stored' });
  }
  return records;
}

const delivery = (records, member, seq) => records.findIndex((r) => r.type === 'delivery' && r.member === member && r.seq === seq);
const kindsOf = (records, options) => [...new Set(check(records, options).findings.map((f) => f.kind))].sort();

test('a good history has no findings, and is counted', () => {
  const { findings, counts } = check(good());
  assert.deepEqual(findings, []);
  assert.deepEqual(counts, { rooms: 1, members: 4, published: 10, acked: 10, stored: 10, unknown: 0, deliveries: 30, forgotten: 0 });
});

test('a message that one member never saw is lost, and leaves a gap', () => {
  const records = good();
  records.splice(delivery(records, 'b', 5), 1);
  assert.deepEqual(kindsOf(records), ['gap', 'lost']);
});

test('the last message is lost too, although no gap shows it', () => {
  const records = good();
  records.splice(delivery(records, 'c', 10), 1);
  const { findings } = check(records);
  assert.deepEqual(findings.map(({ kind, member, seq, text }) => ({ kind, member, seq, text })), [{ kind: 'lost', member: 'c', seq: 10, text: 'm10' }]);
});

test('a message that nobody saw is lost for each of them', () => {
  const records = good().filter((r) => r.type !== 'delivery' || r.seq !== 10);
  assert.deepEqual(check(records).findings.map((f) => f.kind), ['lost', 'lost', 'lost']);
});

test('a message without an answer may be missing everywhere, but not at one member', () => {
  const unanswered = good().filter((r) => r.type !== 'answer' || r.text !== 'm10');
  unanswered.push({ type: 'answer', text: 'm10', time: 999, error: 'timeout' });
  assert.deepEqual(kindsOf(unanswered.filter((r) => r.type !== 'delivery' || r.seq !== 10)), []);
  const middle = good().filter((r) => r.type !== 'answer' || r.text !== 'm4');
  middle.splice(delivery(middle, 'a', 4), 1);
  assert.deepEqual(kindsOf(middle), ['gap']);
});

test('a message seen twice is doubled, at its old place or a new one', () => {
  const repeated = good();
  repeated.push({ type: 'delivery', member: 'a', room: 'r', seq: 10, text: 'm10', time: 200 });
  assert.deepEqual(kindsOf(repeated), ['doubled']);
  const placed_again = good();
  for (const member of ['a', 'b', 'c']) placed_again.push({ type: 'delivery', member, room: 'r', seq: 11, text: 'm4', time: 200 });
  assert.deepEqual(kindsOf(placed_again), ['doubled', 'two_places']);
});

test('a swap at one member is an order that disagrees', () => {
  const records = good();
  const [i, j] = [delivery(records, 'b', 6), delivery(records, 'b', 7)];
  [records[i].text, records[j].text] = [records[j].text, records[i].text];
  assert.ok(kindsOf(records).includes('order'));
});

test('a shortcut at the publisher\'s node shows messages before those that are earlier', () => {
  const records = good();
  const [i, j] = [delivery(records, 'c', 3), delivery(records, 'c', 4)];
  [records[i], records[j]] = [records[j], records[i]];
  assert.deepEqual(kindsOf(records), ['backwards', 'gap']);
});

test('an overtaken home that goes on gives positions a second time', () => {
  const records = good();
  for (const [seq, text] of [[8, 'x8'], [9, 'x9']]) {
    records.push({ type: 'publish', text, room: 'r', by: 'p', time: 80 });
    records[delivery(records, 'a', seq)].text = text;
  }
  assert.deepEqual(kindsOf(records), ['lost', 'order']);
});

test('a position that goes back is found although all agree', () => {
  const records = good();
  records.push({ type: 'publish', text: 'x', room: 'r', by: 'p', time: 150 }, { type: 'answer', text: 'x', time: 155, seq: 3, level: 'stored' });
  for (const member of ['a', 'b', 'c']) records.push({ type: 'delivery', member, room: 'r', seq: 3, text: 'x', time: 153 });
  assert.deepEqual(kindsOf(records), ['backwards', 'order']);
});

test('who publishes does not see its own messages, and that is no gap', () => {
  const records = good();
  records.push({ type: 'publish', text: 'own', room: 'r', by: 'a', time: 150 }, { type: 'answer', text: 'own', time: 155, seq: 11, level: 'stored' });
  records.push({ type: 'publish', text: 'next', room: 'r', by: 'p', time: 160 }, { type: 'answer', text: 'next', time: 165, seq: 12, level: 'stored' });
  for (const member of ['b', 'c', 'p']) if (member !== 'p') records.push({ type: 'delivery', member, room: 'r', seq: 11, text: 'own', time: 153 });
  records.push({ type: 'delivery', member: 'p', room: 'r', seq: 11, text: 'own', time: 153 });
  for (const member of ['a', 'b', 'c']) records.push({ type: 'delivery', member, room: 'r', seq: 12, text: 'next', time: 163 });
  assert.deepEqual(kindsOf(records), []);
});

test('a position that nobody knows must be a message of the member itself', () => {
  const records = good();
  records.push({ type: 'publish', text: 'late', room: 'r', by: 'p', time: 150 }, { type: 'answer', text: 'late', time: 155, seq: 12, level: 'stored' });
  for (const member of ['a', 'b', 'c']) records.push({ type: 'delivery', member, room: 'r', seq: 12, text: 'late', time: 153 });
  assert.deepEqual(check(records).findings.map((f) => [f.kind, f.seq]), [['hole', 11], ['hole', 11], ['hole', 11]]);
});

test('a member owes nothing from before its join, nor after the last message before its end', () => {
  const records = good().filter((r) => !(r.type === 'delivery' && r.member === 'a' && (r.seq < 4 || r.seq > 7)));
  records.find((r) => r.type === 'member' && r.member === 'a').joined = 35;
  assert.deepEqual(kindsOf(records), ['lost']);
  records.push({ type: 'end', member: 'a', room: 'r', time: 999 });
  assert.deepEqual(kindsOf(records), []);
});

test('a member that ended owes what was sent after its join, before the first message that it saw', () => {
  const records = good().filter((r) => !(r.type === 'delivery' && r.member === 'a' && r.seq < 4));
  records.push({ type: 'end', member: 'a', room: 'r', time: 999 });
  assert.deepEqual(check(records).findings.map((f) => [f.kind, f.seq]), [['lost', 1], ['lost', 2], ['lost', 3]]);
});

test('what was only ordered may be forgotten with the dead, where that is allowed', () => {
  const records = good();
  for (const r of records) if (r.type === 'answer') r.level = 'home';
  for (const r of records) if (r.type === 'delivery' && r.member !== 'a' && r.seq === 10) r.text = 'other';
  records.push({ type: 'publish', text: 'other', room: 'r', by: 'p', time: 100 });
  assert.deepEqual(kindsOf(records), ['lost_home', 'order']);
  assert.deepEqual(kindsOf(records, { stored_only: true }), ['order']);
  records.push({ type: 'end', member: 'a', room: 'r', time: 101 });
  assert.deepEqual(kindsOf(records, { stored_only: true }), []);
});

test('what was stored may be forgotten with the dead where the log lost its data, and nowhere else', () => {
  const records = good().filter((r) => r.member !== 'b' && r.member !== 'c');
  records.push({ type: 'end', member: 'a', room: 'r', time: 101 }, { type: 'member', member: 'd', room: 'r', node: 'n2', joined: 200 });
  records.push({ type: 'publish', text: 'other', room: 'r', by: 'p', time: 210 }, { type: 'answer', text: 'other', time: 215, seq: 10, level: 'stored' });
  records.push({ type: 'delivery', member: 'd', room: 'r', seq: 10, text: 'other', time: 213 });
  assert.deepEqual(kindsOf(records, { stored_only: true }), ['order']);
  assert.deepEqual(kindsOf(records, { stored_only: true, log_lost: true }), []);
});

test('a message of nobody is invented', () => {
  const records = good();
  for (const member of ['a', 'b', 'c']) records.push({ type: 'delivery', member, room: 'r', seq: 11, text: 'ghost', time: 200 });
  assert.deepEqual(kindsOf(records), ['invented']);
});
