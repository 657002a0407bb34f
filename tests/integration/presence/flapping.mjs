// See tests/integration/presence/flapping.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../support/troupe.mjs';
import { ComingAndGoing } from './coming_and_going.mjs';

const { values: o } = parseArgs({ options: {
  users: { type: 'string', default: '2000' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  rounds: { type: 'string', default: '3' },
  rate: { type: 'string', default: '150' },
  delay: { type: 'string', default: '2000' },
  watchers: { type: 'string', default: '2' },
  json: { type: 'string' },
} });

console.log(`seed ${o.seed}, ${o.users} users, offline_delay_ms ${o.delay}`);
const directory = join(root, 'tests/artifacts/presence', `seed-${o.seed}`);
const all = await ComingAndGoing.begin({
  seed: Number(o.seed), users: Number(o.users), rate: Number(o.rate), offline_delay: Number(o.delay), per_node: Number(o.watchers), directory, say: console.log,
});
for (let i = 0; i < Number(o.rounds); ++i) await all.flap_with_kill(8_000, 6_000, 6_000);
const verdict = await all.verdict({ sample: 300 });
const { findings, ...counted } = verdict;
console.log(JSON.stringify(counted, null, 1));
console.log(`${findings.length} findings`);
for (const f of findings.slice(0, 20)) console.log(JSON.stringify(f));
if (o.json) await writeFile(o.json, JSON.stringify(verdict, null, 1) + '\n');
if (findings.length) for (const node of all.cluster.nodes) await writeFile(join(directory, `${node.id}.log`), node.process.log);
await all.end();
process.exit(findings.length ? 1 : 0);
