// A few rounds of everything that can part a client from its node: nobody misses anything, and nobody is told otherwise.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../support/troupe.mjs';
import { judge } from './audience.mjs';
import { ComingBack, troubles } from './coming_back.mjs';

const seed = Number(process.env.FAULTS_SEED ?? 1);

for (const [name, doubles_allowed] of Object.entries({ cut: false, half_open: false, cut_twice: false, kill: true, drain: false, redis_restart: false }))
  test(`${name}: everybody comes back to what it missed`, { timeout: 300_000 }, async (t) => {
    assert.ok(troubles[name]);
    const all = await ComingBack.begin({ seed, directory: join(root, 'tests/artifacts/recovery', name) });
    t.after(() => all.end());
    for (let i = 0; i < 2; ++i) await all.round(name);
    const found = await all.verdict();
    t.diagnostic(JSON.stringify(found));
    assert.equal(found.lost, 0, JSON.stringify(found));
    assert.equal(found.disordered, 0, JSON.stringify(found));
    assert.deepEqual(found.anew, [], JSON.stringify(found));
    assert.ok(found.recoveries > 0);
    if (!doubles_allowed) assert.equal(found.doubled, 0, JSON.stringify(found));
  });

test('the judge finds what is missing, twice or out of place', () => {
  const one = (heard, more = {}) => ({ name: 'x', recoveries: 1, heard: new Map([['r', heard]]), ...more });
  const said = new Map([['r', new Set([1, 2, 3, 4])]]);
  const of = (...listeners) => { const { lost, doubled, disordered } = judge(listeners, said); return [lost, doubled, disordered]; };
  assert.deepEqual(of(one([1, 2, 3, 4])), [0, 0, 0]);
  assert.deepEqual(of(one([2, 3, 4])), [0, 0, 0]); // joined later
  assert.deepEqual(of(one([1, 2, 4])), [1, 0, 0]);
  assert.deepEqual(of(one([1, 2, 2, 3, 4])), [0, 1, 0]);
  assert.deepEqual(of(one([1, 3, 2, 4])), [0, 0, 1]);
  assert.deepEqual(of(one([1, 4], { lost_track: true })), [0, 0, 0]); // was told
});
