// Tables of what rounds counted.

import { kinds } from './judge.mjs';

const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);
const per = (n, of) => (of ? n / of : 0);
const table = (head, rows) => [head, head.map((_, i) => (i ? '---:' : '---')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Two ways in one round count as such. */
function way_of({ hits }) {
  if (hits.length < 2) return hits[0] ?? 'not parted';
  return hits.includes('kill') ? 'two in a row, one a kill' : 'two in a row';
}

/** Counts of clients in the rounds of one server, by the way in which they were parted, and of all. */
export function by_way(rounds) {
  const clients = rounds.flatMap((r) => r.clients);
  const groups = grouped(clients, way_of);
  const rows = [...groups].sort(([a], [b]) => a.localeCompare(b)).map(([name, list]) => row(name, list));
  return table(['parted by', 'clients', 'came back', 'recovered', 'deliveries', ...Object.keys(kinds)], [...rows, row('all', clients)]);
}

function row(name, clients) {
  const recovered = sum(clients, (c) => c.recovered);
  const anew = sum(clients, (c) => c.anew.length);
  return [name, clients.length, recovered + anew, recovered, sum(clients, (c) => c.heard), ...Object.keys(kinds).map((kind) => sum(clients, (c) => c[kind]))];
}

/** What clients of a killed node got twice, by the number of their rooms. */
export function after_kills(rounds) {
  const clients = rounds.flatMap((r) => r.clients.filter((c) => c.hits.includes('kill')).map((c) => ({ ...c, ms: r.ms })));
  const rows = [...grouped(clients, (c) => c.size)].sort(([a], [b]) => a - b).map(([size, list]) => {
    const doubled = sum(list, (c) => c.doubled);
    const heard = sum(list, (c) => c.heard);
    const a_second = 1_000 * per(heard, sum(list, (c) => c.ms));
    return [size, list.length, heard, doubled, per(doubled, list.length).toFixed(1), `${(100 * per(doubled, heard)).toFixed(2)} %`, per(per(doubled, list.length), a_second).toFixed(2)];
  });
  return table(['rooms', 'clients killed', 'deliveries', 'doubled', 'per client', 'of its deliveries', 'in seconds of its traffic'], rows);
}

/** Reasons for new sessions. */
export function reasons(rounds) {
  const codes = rounds.flatMap((r) => r.clients.flatMap((c) => c.anew.map((a) => a.code)));
  return JSON.stringify(Object.fromEntries([...grouped(codes, (code) => code)].map(([code, list]) => [code, list.length])));
}

function grouped(list, key_of) {
  const groups = new Map();
  for (const one of list) {
    const key = key_of(one);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(one);
  }
  return groups;
}

/** All of it, by server. */
export function report(rounds) {
  return [...grouped(rounds, (r) => r.server)].map(([server, list]) => [
    `${server}: ${list.length} rounds, ${sum(list, (r) => r.said)} said, ${list.filter((r) => r.findings.length).length} rounds with findings; new sessions ${reasons(list)}`,
    by_way(list),
    after_kills(list),
  ].join('\n\n')).join('\n\n');
}
