// The short mix for every day: each kind of fault once, on one cluster, from one seed (FAULTS_SEED).

import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../support/troupe.mjs';
import { Random } from '../support/random.mjs';
import { Cluster } from './cluster.mjs';
import { Crowd } from './crowd.mjs';
import { round } from './round.mjs';

const seed = Number(process.env.FAULTS_SEED ?? 1);
const directory = join(root, 'tests/artifacts/faults', `mix-${seed}`);
const mix = ['kill_one', 'stop_3s', 'leave_and_join', 'redis_restart', 'redis_empty', 'cut_link', 'cut_link_one_way', 'kill_all_but_one'];

let cluster, crowd;

before(async () => {
  console.log(`seed ${seed} (FAULTS_SEED)`);
  cluster = await Cluster.start({ nodes: 3, directory: join(directory, 'data') });
  crowd = new Crowd(cluster, new Random(seed), { members: 24, rooms: 8, rooms_each: 4, rate: 40, churn: 20 });
  await crowd.connect();
}, { timeout: 60_000 });

after(async () => {
  try {
    crowd?.close();
  } finally {
    await cluster?.stop(); // whatever happened, or its processes would keep this one alive
  }
}, { timeout: 30_000 });

for (const [i, fault] of mix.entries()) {
  test(fault, { timeout: 120_000 }, async (t) => {
    const where = join(directory, fault);
    await mkdir(where, { recursive: true });
    crowd.options.prefix = `${fault}.`;
    crowd.random = new Random(seed * 1_009 + i);
    const { findings, counts, ms } = await round({ cluster, crowd, random: crowd.random.fork(), faults: [fault], directory: where, short: true });
    t.diagnostic(`${counts.stored} stored, ${counts.acked} acked, ${counts.unknown} unknown, ${counts.deliveries} deliveries in ${(ms / 1_000).toFixed(1)} s`);
    if (findings.length) {
      await writeFile(join(where, 'findings.json'), JSON.stringify(findings, null, 1));
      for (const node of cluster.nodes) await writeFile(join(where, `${node.id}.log`), node.process.log);
    } else {
      await rm(where, { recursive: true });
    }
    assert.ok(counts.stored > 50, `only ${counts.stored} publishes were stored`);
    assert.deepEqual(findings.slice(0, 5), [], `${findings.length} findings; history and logs are in ${where}`);
  });
}
