// See tests/integration/faults/long.

import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../support/troupe.mjs';
import { Random } from '../support/random.mjs';
import { Cluster } from './cluster.mjs';
import { Crowd } from './crowd.mjs';
import { keep } from './judged.mjs';
import { round } from './round.mjs';
import { scenarios } from './scenarios.mjs';

const { values: o } = parseArgs({ options: {
  rounds: { type: 'string', default: '20' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  first: { type: 'string', default: '1' },
  faults: { type: 'string' },
  nodes: { type: 'string', default: '3' },
  members: { type: 'string', default: '30' },
  rooms: { type: 'string', default: '10' },
  rate: { type: 'string', default: '50' },
  churn: { type: 'string', default: '25' },
  fresh: { type: 'string', default: '10' },
  debug: { type: 'boolean', default: false },
  short: { type: 'boolean', default: false },
} });

const directory = join(root, 'tests/artifacts/faults', `seed-${o.seed}`);
const names = Object.keys(scenarios).filter((name) => name !== 'none');
const total = { rounds: 0, failed: 0, findings: {} };
let cluster, crowd;

async function fresh(random) {
  await end();
  cluster = await Cluster.start({ nodes: Number(o.nodes), directory: join(directory, 'data'), set: o.debug ? { 'log.level': 'debug' } : {} });
  crowd = new Crowd(cluster, random, { members: Number(o.members), rooms: Number(o.rooms), rooms_each: 4, rate: Number(o.rate), churn: Number(o.churn) });
  await crowd.connect();
}

async function end() {
  crowd?.close();
  await cluster?.stop();
  crowd = cluster = undefined;
}

function chosen(random) {
  if (o.faults) return o.faults.split(',');
  return random.some(names, random.chance(0.3) ? 2 : 1);
}

console.log(`seed ${o.seed}, ${o.rounds} rounds, ${o.nodes} nodes, ${o.members} members, ${o.rooms} rooms`);
const first = Number(o.first);
for (let n = first; n < first + Number(o.rounds); ++n) {
  const random = new Random(Number(o.seed) * 100_003 + n);
  const faults = chosen(random);
  const where = join(directory, `round-${n}`);
  await mkdir(where, { recursive: true });
  if (!cluster || total.rounds % Number(o.fresh) === 0) await fresh(random.fork());
  crowd.options.prefix = `${n}.`;
  crowd.random = random.fork();
  console.log(`round ${n}: ${faults.join(', ')}`);
  const result = await round({ cluster, crowd, random, faults, directory: where, short: o.short, say: console.log });
  ++total.rounds;
  const { counts } = result;
  await appendFile(join(directory, 'results.jsonl'), JSON.stringify({ round: n, faults, ...result }) + '\n');
  console.log(`  ${counts.published} published, ${counts.stored} stored, ${counts.acked} acked, ${counts.unknown} unknown, ${counts.deliveries} deliveries, ${Math.round(result.ms / 1000)} s`);
  console.log(`  calm: ${JSON.stringify(result.calm)}; all: ${result.all.longest_ms} ms, ${JSON.stringify(result.crowd)}`);
  if (!result.findings.length) {
    await rm(where, { recursive: true });
    continue;
  }
  ++total.failed;
  const by_kind = {};
  for (const f of result.findings) by_kind[f.kind] = (by_kind[f.kind] ?? 0) + 1;
  for (const [kind, count] of Object.entries(by_kind)) total.findings[kind] = (total.findings[kind] ?? 0) + count;
  console.log(`  FOUND ${JSON.stringify(by_kind)}; ${where}`);
  for (const f of result.findings.slice(0, 6)) console.log(`    ${JSON.stringify(f)}`);
  await keep(where, result.findings, cluster);
  await end();
}
await end();
console.log(`${total.rounds} rounds, ${total.failed} with findings ${JSON.stringify(total.findings)}; seed ${o.seed}`);
process.exit(total.failed ? 1 : 0);
