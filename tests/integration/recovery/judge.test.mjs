// The judge of clients that come and go finds what is missing, twice or out of place, and nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { broken, judge } from './judge.mjs';

const said = new Map([['r', [1, 2, 3, 4].map((place) => ({ id: `m${place}`, place, began: place * 10 }))]]);
const life = (places, more = {}) => ({ since: 0, last: 0, over: null, heard: places.map((p) => (p.id ? p : { id: `m${p}`, place: p })), ...more });
const client = (lives, more = {}) => ({
  name: 'x', size: 2, rooms: new Map([['r', lives]]), before: new Set(), hits: [], parted: 1, recovered: 1, renamed: 0, anew: [], ...more,
});
const counts = (...of) => {
  const { lost, missed, doubled, disordered, replaced } = judge({ said, clients: [client(...of)] }).clients[0];
  return { lost, missed, doubled, disordered, replaced };
};
const none = { lost: 0, missed: 0, doubled: 0, disordered: 0, replaced: 0 };

test('all is well', () => {
  assert.deepEqual(counts([life([1, 2, 3, 4])]), none);
  assert.deepEqual(counts([life([2, 3, 4], { since: 15 })]), none); // joined later
  assert.deepEqual(counts([life([1, 2], { over: 'left' })]), none); // left
  assert.deepEqual(counts([life([], { since: Infinity })]), none); // its join was never answered
});

test('lost', () => {
  assert.deepEqual(counts([life([1, 2, 4])]), { ...none, lost: 1 });
  assert.deepEqual(counts([life([1, 2])]), { ...none, lost: 2 });
  assert.deepEqual(counts([life([1, 3], { over: 'left' })]), { ...none, lost: 1 });
  assert.deepEqual(counts([life([1, 3], { over: 'anew' }), life([4], { since: 35 })]), { ...none, lost: 1 }); // a hole in what it had
});

test('missed by who began anew', () => {
  assert.deepEqual(counts([life([1], { over: 'anew' }), life([4], { since: 35 })]), { ...none, missed: 2 });
  assert.deepEqual(counts([life([1], { over: 'anew' }), life([2, 4], { since: 15 })]), { ...none, lost: 1 });
});

test('doubled, also of an earlier record and over two lives', () => {
  assert.deepEqual(counts([life([1, 2, 2, 3, 4])]), { ...none, doubled: 1 });
  assert.deepEqual(counts([life([1, 2, 3, 4])], { before: new Set(['m1']) }), { ...none, doubled: 1 });
  assert.deepEqual(counts([life([1, 2], { over: 'anew' }), life([2, 3, 4], { since: 5 })]), { ...none, doubled: 1 });
});

test('out of order, also after an earlier record', () => {
  assert.deepEqual(counts([life([1, 3, 2, 4])]), { ...none, disordered: 1 });
  assert.deepEqual(counts([life([2, 3, 4, 1], { last: 0 })]), { ...none, disordered: 1 });
  assert.deepEqual(counts([life([1, 2, 3, 4], { last: 2 })]), { ...none, disordered: 1 });
});

test('one message at two places', () => {
  assert.deepEqual(counts([life([1, 2, { id: 'm3', place: 7 }, 4])]), { ...none, replaced: 1, disordered: 1 });
});

test('which of it breaks a promise', () => {
  const verdict = (more, store_away) => broken({ clients: [{ ...client([]), ...none, ...more }] }, store_away).length;
  assert.equal(verdict({}), 0);
  for (const kind of ['lost', 'disordered', 'replaced', 'renamed', 'doubled', 'missed']) assert.equal(verdict({ [kind]: 1 }), 1, kind);
  assert.equal(verdict({ doubled: 3, hits: ['kill'] }), 0);
  assert.equal(verdict({ doubled: 3, hits: ['kill'], size: 1 }), 1); // of its only room it is known what it has
  const anew = [{ code: 'sessions_unavailable', left: 10, back: 20 }];
  assert.equal(verdict({ anew, missed: 3 }), 2);
  assert.equal(verdict({ anew, missed: 3 }, [{ from: 15, to: 30 }]), 0);
  assert.equal(verdict({ anew }, [{ from: 21, to: 30 }]), 1);
  assert.equal(verdict({ anew: [{ ...anew[0], code: 'session_unknown' }] }, [{ from: 15, to: 30 }]), 1);
});
