import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentIds } from '../src/recent_ids.mjs';

test('an id is published once, also while the first is under way', async () => {
  const recent = new RecentIds(10);
  let published = 0;
  let finish;
  const slow = () => { published += 1; return new Promise((done) => { finish = () => done({ ok: true }); }); };
  const first = recent.once('a', slow);
  const second = recent.once('a', slow);
  finish();
  assert.deepEqual(await first, { ok: true });
  assert.deepEqual(await second, { ok: true, duplicate: true });
  assert.deepEqual(await recent.once('a', slow), { ok: true, duplicate: true });
  assert.equal(published, 1);
});

test('a failure may be tried again', async () => {
  const recent = new RecentIds(10);
  await assert.rejects(recent.once('a', async () => { throw new Error('away'); }), /away/);
  assert.deepEqual(await recent.once('a', async () => ({ ok: true })), { ok: true });
});

test('no more ids are remembered than allowed, the oldest go', async () => {
  const recent = new RecentIds(3);
  let published = 0;
  const publish = async () => { published += 1; return {}; };
  for (const id of ['a', 'b', 'c', 'd']) await recent.once(id, publish);
  assert.equal(recent.size, 3);
  await recent.once('d', publish);
  assert.equal(published, 4);
  await recent.once('a', publish);
  assert.equal(published, 5);
});
