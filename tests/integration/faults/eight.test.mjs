// Eight nodes start at once and are one cluster; four of them are killed at once, and the others go on without them.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../support/troupe.mjs';
import { Random } from '../support/random.mjs';
import { Cluster } from './cluster.mjs';
import { Crowd } from './crowd.mjs';
import { judged } from './judged.mjs';

const directory = join(root, 'tests/artifacts/faults/eight');
const slots = 1_024;
let cluster, crowd, formed_in;

before(async () => {
  const began = performance.now();
  cluster = await Cluster.start({ nodes: 8, relays: false, directory: join(directory, 'data') });
  formed_in = performance.now() - began;
  crowd = new Crowd(cluster, new Random(8), { members: 24, rooms: 12, rooms_each: 4, rate: 40 });
  await crowd.connect();
}, { timeout: 900_000 });

after(async () => {
  try {
    crowd?.close();
  } finally {
    await cluster?.stop();
  }
}, { timeout: 300_000 });

/** Waits until these nodes, as each of them sees it, are all that is there, and have every slot between them. */
async function untilAgreed(nodes) {
  const ids = nodes.map((n) => n.id).sort().join();
  let wrong = [];
  for (let look = 0; look < 1_800; ++look) {
    const views = await Promise.all(nodes.map((n) => n.api('nodes')));
    wrong = views.filter((v) => {
      const there = v.ok ? v.nodes.filter((n) => n.state !== 'dead') : [];
      return there.map((n) => n.id).sort().join() !== ids || there.reduce((sum, n) => sum + n.slots, 0) !== slots;
    });
    if (!wrong.length) return;
    await new Promise((done) => setTimeout(done, 50)); // it can only be asked
  }
  assert.fail(`not one cluster of ${ids}: ${JSON.stringify(wrong[0])}`);
}

test('eight nodes that start at once are one cluster', { timeout: 900_000 }, async (t) => {
  await untilAgreed(cluster.nodes);
  t.diagnostic(`all ready ${(formed_in / 1_000).toFixed(1)} s after the first was started`);
});

test('the cluster survives four of them killed at once', { timeout: 1_800_000 }, async (t) => {
  const kill_four = async (run) => {
    const dead = run.random.some(cluster.nodes, 4);
    run.note(`kill -9 ${dead.map((n) => n.id).join(', ')}`);
    await Promise.all(dead.map((n) => n.kill()));
    await untilAgreed(cluster.alive);
    run.note('the others have all slots');
    await run.pause(1_000);
  };
  await judged(t, { cluster, crowd, random: new Random(4), faults: [kill_four], directory: join(directory, 'kill_four'), short: true });
  await untilAgreed(cluster.nodes);
});
