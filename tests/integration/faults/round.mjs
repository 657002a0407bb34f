// One round: the crowd publishes, a fault happens and is healed, everybody comes to rest, the checker decides.

import { join } from 'node:path';
import { check } from './checker.mjs';
import { History, now } from './history.mjs';
import { scenarios } from './scenarios.mjs';

/**
 * @param {object} o
 * @param {import('./cluster.mjs').Cluster} o.cluster
 * @param {import('./crowd.mjs').Crowd} o.crowd
 * @param {string[]} o.faults     names of scenarios, one after the other
 * @param {string} o.directory    for the history
 * @param {boolean} [o.short]
 * @param {(line: string) => void} [o.say]
 * @returns {Promise<{findings: object[], counts: object, crowd: object, ms: number}>}
 */
export async function round({ cluster, crowd, random, faults, directory, short = false, say = () => {} }) {
  const history = await History.open(join(directory, 'history.jsonl'));
  const findings = [];
  const began = now();
  let stored_only = false;
  crowd.begin(history);
  const run = {
    cluster, crowd, random, short,
    pause: (ms) => crowd.pause(ms),
    note: (text) => {
      history.add({ type: 'fault', text, time: now() });
      say(`  ${Math.round(now() - began)} ms: ${text}`);
    },
    wrong: (text) => findings.push({ kind: 'node', text }),
    may_forget: () => { stored_only = true; },
    disturb: (nodes) => { for (const n of nodes) n.disturbed_since ??= now(); },
  };
  crowd.start();
  await run.pause(500);
  for (const name of faults) {
    await scenarios[name](run).catch((error) => findings.push({ kind: 'node', text: `${name}: ${error.message}` }));
    await run.pause(500);
  }
  await cluster.heal().catch((error) => findings.push({ kind: 'node', text: error.message }));
  run.note('healed');
  findings.push(...(await rest(cluster, crowd)));
  for (const node of cluster.nodes) {
    delete node.disturbed_since;
    if (node.crashed) findings.push({ kind: 'node', text: node.crashed });
    if (stored_only) continue;
    for (const [name, value] of Object.entries(await node.broken())) findings.push({ kind: 'invariant', node: node.id, text: `${name} ${value}` });
  }
  const dropped = history.records.filter((r) => r.type === 'ended');
  for (const { member, node, reason } of dropped) findings.push({ kind: 'dropped', member, node, text: reason });
  await history.close();
  const checked = check(history.records, { stored_only });
  return { findings: [...findings, ...checked.findings], counts: checked.counts, calm: calm(history.records), crowd: crowd.counts, ms: now() - began };
}

/** How those fared whose own node was in no trouble: the longest wait for an ack, and errors by code. */
function calm(records) {
  const fared = { longest_ms: 0, errors: {} };
  for (const r of records) {
    if (r.type !== 'answer' || !r.calm) continue;
    if (r.error === undefined) fared.longest_ms = Math.max(fared.longest_ms, r.waited);
    else fared.errors[r.error] = (fared.errors[r.error] ?? 0) + 1;
  }
  return fared;
}

/** Publishing goes on a little with everything healed, then stops; the last messages reach everybody. */
async function rest(cluster, crowd) {
  const findings = absent(await crowd.all_there(15_000));
  await crowd.pause(500);
  crowd.stop();
  await crowd.quiet();
  findings.push(...(await last_messages(crowd)));
  findings.push(...(await presence(crowd)));
  return findings;
}

function absent(members) {
  return members.map((text) => ({ kind: 'absent', text }));
}

/** One more message in each room is acked as stored and seen by all its members. */
async function last_messages(crowd) {
  const findings = [];
  await Promise.all(crowd.rooms.map(async (room) => {
    const members = crowd.members.filter((m) => m.connected && m.joined.has(room));
    if (members.length < 2) return;
    const [by, ...others] = members;
    const text = `last of ${room} ${now()}`;
    const answer = await by.publish({ text, room, event: 'message:send' });
    if (!answer.ok || answer.level !== 'stored') findings.push({ kind: 'unsettled', room, text: JSON.stringify(answer) });
    const seen = () => new Set(crowd.history.records.filter((r) => r.type === 'delivery' && r.text === text).map((r) => r.member));
    for (let i = 0; i < 100 && seen().size < others.length; ++i) await crowd.pause(50);
  }));
  return findings;
}

/** Some users go; after a while everybody who watches knows who is there and who is not. */
async function presence(crowd) {
  const there = crowd.members.filter((m) => m.connected);
  const users = crowd.members.map((m) => m.user);
  const watchers = crowd.random.some(there, 6);
  await Promise.all(watchers.map((w) => w.watch(users)));
  const gone = crowd.random.some(there.filter((m) => !watchers.includes(m)), 3);
  for (const m of gone) { m.away = true; m.disconnect(); }
  const wrong = () => watchers.flatMap((w) => crowd.members
    .filter((m) => (w.online.get(m.user) !== 'offline') !== (m.connected && !gone.includes(m)))
    .map((m) => ({ user: m.user, text: `${w.user} at ${w.node.id} believes ${m.user}, last at ${m.node.id}, ${w.online.get(m.user)}` })));
  for (let i = 0; i < 100 && wrong().length; ++i) await crowd.pause(100);
  const findings = await Promise.all(wrong().map(async ({ user, text }) => ({ kind: 'presence', text, nodes: await said_of(user, crowd.cluster) })));
  for (const m of gone) {
    m.away = false;
    crowd.comes_back(m);
  }
  findings.push(...absent(await crowd.all_there(15_000)));
  return findings;
}

/** What each node says of a user, to tell who is wrong. */
async function said_of(user, cluster) {
  return Promise.all(cluster.nodes.map(async (node) => `${node.id}: ${JSON.stringify(await node.api(`users/${user}`))}`));
}
