// The short mix for every day: each kind of fault once, on one cluster, from one seed (FAULTS_SEED).

import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../support/troupe.mjs';
import { Random } from '../support/random.mjs';
import { Cluster } from './cluster.mjs';
import { Crowd } from './crowd.mjs';
import { judged } from './judged.mjs';

const seed = Number(process.env.FAULTS_SEED ?? 1);
const directory = join(root, 'tests/artifacts/faults', `mix-${seed}`);
const mix = [
  'kill_one', 'stop_3s', 'leave_and_join', 'redis_restart', 'redis_empty', 'redis_rolled_back', 'redis_stopped', 'cut_from_redis', 'cut_link',
  'cut_link_one_way', 'kill_all_but_one',
];

let cluster, crowd;

before(async () => {
  console.log(`seed ${seed} (FAULTS_SEED)`);
  cluster = await Cluster.start({ nodes: 3, directory: join(directory, 'data') });
  crowd = new Crowd(cluster, new Random(seed), { members: 24, rooms: 8, rooms_each: 4, rate: 40, churn: 20 });
  await crowd.connect();
}, { timeout: 900_000 });

after(async () => {
  try {
    crowd?.close();
  } finally {
    await cluster?.stop(); // whatever happened, or its processes would keep this one alive
  }
}, { timeout: 300_000 });

for (const [i, fault] of mix.entries()) {
  test(fault, { timeout: 1_800_000 }, async (t) => {
    crowd.options.prefix = `${fault}.`;
    crowd.random = new Random(seed * 1_009 + i);
    await judged(t, { cluster, crowd, random: crowd.random.fork(), faults: [fault], directory: join(directory, fault), short: true });
  });
}
