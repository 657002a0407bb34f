// Some users flap over three nodes while one is killed: a minute's version of tests/integration/presence/flapping.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../support/troupe.mjs';
import { ComingAndGoing } from './coming_and_going.mjs';
import { Watcher, unfounded } from './watcher.mjs';

const seed = Number(process.env.FAULTS_SEED ?? 1);

test('200 users flap while a node is killed: everybody ends up with the truth', { timeout: 600_000 }, async (t) => {
  const all = await ComingAndGoing.begin({ seed, users: 200, rate: 60, directory: join(root, 'tests/artifacts/presence') });
  t.after(() => all.end());
  await all.flap_with_kill(4_000, 3_000, 3_000);
  const { findings, ...counted } = await all.verdict();
  t.diagnostic(JSON.stringify(counted));
  assert.deepEqual(findings.slice(0, 5), [], `${findings.length} findings`);
  assert.ok(counted.told > 1_000, 'there was something to tell');
  assert.ok(counted.kills[0].lost > 10, 'the killed node had users of its own');
});

test('the judge hears what is told twice, out of order, or for nothing', () => {
  const faults = (...news) => {
    const w = new Watcher('w', { id: 'n' });
    for (const [what, ...more] of news) w[what](...more);
    return w.faults.map((f) => f.what);
  };
  const state = (status, lastSeen = null) => ({ userId: 'u', status, lastSeen });
  assert.deepEqual(faults(['answer', ['u'], [state('offline')]], ['came_or_went', 'u', true], ['update', state('online', 5)], ['came_or_went', 'u', false]), []);
  assert.deepEqual(faults(['came_or_went', 'u', true], ['answer', ['u'], [state('offline')]], ['came_or_went', 'u', false]), []); // news were newer
  assert.deepEqual(faults(['answer', ['u'], [state('online')]], ['came_or_went', 'u', true]), ['user_online again']);
  assert.equal(faults(['answer', ['u'], [state('online')]], ['update', state('offline')]).length, 1);
  assert.equal(faults(['answer', ['u'], []]).length, 1);
  assert.equal(faults(['answer', ['u'], [state('offline', 9)]], ['seen', 'u', 8]).length, 1);
  assert.equal(faults(['answer', ['u'], [state('offline', 9)]], ['seen', 'u', null]).length, 1);
});

test('the judge knows what has a reason', () => {
  const absences = [[-Infinity, 10], [20, 30], [40, Infinity]];
  assert.deepEqual(unfounded([[25, false], [31, true], [45, false]], absences, 100), []);
  assert.deepEqual(unfounded([[35, false], [36, true]], absences, 10), []); // late
  assert.deepEqual(unfounded([[35, false], [36, true]], absences, 1), [35]);
  assert.deepEqual(unfounded([[15, false], [16, true], [17, false]], absences, 1), [15, 17]);
  assert.deepEqual(unfounded([[45, false], [46, true], [47, false]], absences, 0), [47]);
});
