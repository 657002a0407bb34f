// See tests/integration/faults/table.

import { readFileSync } from 'node:fs';
import { scenarios } from './scenarios.mjs';

const rounds = process.argv.slice(2).flatMap((path) => readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line)));
const sum = (list, of) => list.reduce((total, r) => total + of(r), 0);

/** Waits are told of rounds with this fault alone: of two, nobody knows which was waited for. */
function waits(list, of) {
  const sorted = list.filter((r) => r.faults.length === 1).map(of).sort((a, b) => a - b);
  return sorted.length ? `${sorted[Math.floor(sorted.length / 2)]} / ${sorted.at(-1)}` : '';
}

function row(name, list) {
  const cells = [
    name, list.length, sum(list, (r) => r.counts.published), sum(list, (r) => r.counts.acked), sum(list, (r) => r.counts.deliveries),
    waits(list, (r) => r.calm.longest_ms), waits(list, (r) => r.all.longest_ms), sum(list, (r) => r.findings.length),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

console.log('| fault | rounds | publishes | acked | deliveries | longest wait, others (ms) | longest wait, all (ms) | findings |');
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const name of Object.keys(scenarios)) {
  const list = rounds.filter((r) => r.faults.includes(name));
  if (list.length) row(`\`${name}\``, list);
}
row('all', rounds);
