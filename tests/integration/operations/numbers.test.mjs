// Nodes that find their number taken.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../support/troupe.mjs';
import { Cluster } from '../faults/cluster.mjs';
import { another } from './operator.mjs';

let cluster;
before(async () => { cluster = await Cluster.start({ nodes: 0, directory: join(root, 'tests/artifacts/numbers') }); });
after(() => cluster?.stop(), { timeout: 60_000 });

/** Three of four numbers belong to nodes that live for ten minutes. */
async function takeNumbers() {
  const base = 'troupe:{faults}:';
  const lines = [];
  for (let number = 0; number < 65_536; ++number) {
    if (number % 4 === 0) continue;
    const record = `{"id":"x${number}","incarnation":1,"number":${number}}`;
    lines.push(`HSET ${base}numbers ${number} 1:x${number}`, `SET ${base}node:x${number} '${record}' PX 600000`);
  }
  const directory = await mkdtemp(join(tmpdir(), 'troupe-numbers-'));
  try {
    await writeFile(join(directory, 'commands'), lines.join('\n') + '\n');
    await promisify(execFile)('sh', ['-c', `redis-cli -p ${cluster.redis.port} < ${join(directory, 'commands')} > ${join(directory, 'out')}`],
      { timeout: 120_000 });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test('a node whose number is taken takes another one', { timeout: 300_000 }, async () => {
  await takeNumbers();
  for (let i = 0; i < 8; ++i) await another(cluster);
  await Promise.all(cluster.nodes.map((node) => node.start()));
  const numbers = new Set();
  for (const node of cluster.nodes) {
    const { nodes } = await node.api('nodes');
    const self = nodes.find((n) => n.self);
    assert.equal(self.number % 4, 0, `${node.id} has a number that is taken`);
    numbers.add(self.number);
    assert.equal(node.crashed, null);
  }
  assert.equal(numbers.size, cluster.nodes.length);
  // That nobody has to choose again: once in 65,536 runs.
  const again = cluster.nodes.filter((node) => node.process.log.includes('number-taken')).length;
  assert.ok(again > 0, 'no node met a number that was taken');
  const late = await another(cluster);
  await late.start(); // until it is ready
  for (const node of cluster.nodes) assert.doesNotMatch(node.process.log, /not_tls/);
});
