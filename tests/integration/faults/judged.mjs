// A round as a test: nothing may be found. What was found stays on disk, with the nodes' logs.

import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { round } from './round.mjs';

/** `o` as for `round`; its directory is removed when all is well. */
export async function judged(t, o) {
  await mkdir(o.directory, { recursive: true });
  const { findings, counts, ms } = await round(o);
  t.diagnostic(`${counts.stored} stored, ${counts.acked} acked, ${counts.unknown} unknown, ${counts.deliveries} deliveries in ${(ms / 1_000).toFixed(1)} s`);
  if (findings.length) await keep(o.directory, findings, o.cluster);
  else await rm(o.directory, { recursive: true });
  assert.ok(counts.stored > 50, `only ${counts.stored} publishes were stored`); // the round waits for so many
  assert.deepEqual(findings.slice(0, 5), [], `${findings.length} findings; history and logs are in ${o.directory}`);
}

/** What is needed to understand a round afterwards. */
export async function keep(directory, findings, cluster) {
  await writeFile(join(directory, 'findings.json'), JSON.stringify(findings, null, 1));
  for (const node of cluster.nodes) await writeFile(join(directory, `${node.id}.log`), node.process.log);
}
