// See tests/integration/recovery/long.

import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../support/troupe.mjs';
import { report } from './report.mjs';
import { Stage, chosen, dice_of } from './round.mjs';
import { servers } from './servers.mjs';

const { values: o, positionals } = parseArgs({ allowPositionals: true, options: {
  rounds: { type: 'string', default: '20' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  first: { type: 'string', default: '1' },
  clients: { type: 'string', default: '12' },
  'rooms-per-client': { type: 'string', default: '1,5,50' },
  rooms: { type: 'string', default: '60' },
  rate: { type: 'string', default: '100' },
  ways: { type: 'string' },
  among: { type: 'string' },
  servers: { type: 'string', default: 'troupe' },
  fresh: { type: 'string', default: '50' },
  warm: { type: 'boolean', default: false },
  debug: { type: 'boolean', default: false },
  table: { type: 'boolean', default: false },
} });

if (o.table) {
  console.log(report(positionals.flatMap((path) => readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line)))));
  process.exit();
}

const numbers = (text) => text.split(',').map(Number);
const directory = join(root, 'tests/artifacts/recovery', `seed-${o.seed}`);
const names = o.servers.split(',');
const stages = new Map();
const done = [];
mkdirSync(directory, { recursive: true });

async function stage(name) {
  if (!stages.has(name)) {
    stages.set(name, await Stage.set(servers[name], {
      dice: dice_of(Number(o.seed), 0), directory: join(directory, name), clients: Number(o.clients), sizes: numbers(o['rooms-per-client']),
      rooms: Number(o.rooms), rate: Number(o.rate), warm: o.warm, set: o.debug ? { 'log.level': 'debug' } : {},
    }));
  }
  return stages.get(name);
}

async function clear() {
  for (const one of stages.values()) await one.end();
  stages.clear();
}

function told(n, name, ways, result) {
  const sum = (of) => result.clients.reduce((total, c) => total + of(c), 0);
  const [recovered, anew] = [sum((c) => c.recovered), sum((c) => c.anew.length)];
  const facts = `${recovered} of ${recovered + anew} recovered, ${sum((c) => c.heard)} deliveries, ${sum((c) => c.lost)} lost, ${sum((c) => c.missed)} missed, ${sum((c) => c.doubled)} doubled, ${(result.ms / 1_000).toFixed(1)} s`;
  console.log(`round ${n} ${name}: ${ways.join(', ')}: ${facts}`);
  if (name !== 'troupe') return; // who promises nothing breaks nothing
  for (const text of result.findings.slice(0, 6)) console.log(`  FOUND ${text}`);
  for (const text of result.findings.length ? result.examples.slice(0, 6) : []) console.log(`    ${text}`);
}

console.log(`seed ${o.seed}, ${o.rounds} rounds of ${names.join(' and ')}, ${o.clients} clients in ${o['rooms-per-client']} of ${o.rooms} rooms, ${o.rate} said a second`);
const first = Number(o.first);
for (let n = first; n < first + Number(o.rounds); ++n) {
  if ((n - first) % Number(o.fresh) === 0) await clear();
  const ways = o.ways ? o.ways.split(',') : chosen(dice_of(Number(o.seed), n), o.among?.split(','));
  for (const name of names) {
    const one = await stage(name);
    const result = { server: name, seed: Number(o.seed), round: n, ...(await one.round(ways, dice_of(Number(o.seed), n))) };
    told(n, name, ways, result);
    done.push(result);
    appendFileSync(join(directory, 'results.jsonl'), JSON.stringify(result) + '\n');
    if (name !== 'troupe' || !result.findings.length) continue;
    for (const node of one.cluster.nodes) {
      writeFileSync(join(directory, `round-${n}-${node.id}.log`), node.process.log);
      writeFileSync(join(directory, `round-${n}-${node.id}.json`), JSON.stringify({ nodes: await node.api('nodes'), doctor: await node.api('doctor') }, null, 1));
      writeFileSync(join(directory, `round-${n}-${node.id}.metrics`), await node.metrics());
    }
    await one.end(); // what one round broke is not to be found again in the next
    stages.delete(name);
  }
}
await clear();
console.log('\n' + report(done));
const broken = done.filter((r) => r.server === 'troupe' && r.findings.length).length;
console.log(`\n${done.length} rounds, ${broken} with findings; seed ${o.seed}; ${join(directory, 'results.jsonl')}`);
process.exit(broken ? 1 : 0);
