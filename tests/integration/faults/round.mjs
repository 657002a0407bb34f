// One round: the crowd publishes, a fault happens and is healed, everybody comes to rest, the checker decides.

import { join } from 'node:path';
import { check } from './checker.mjs';
import { History, now } from './history.mjs';
import { scenarios } from './scenarios.mjs';

/** Publishes that a round needs to be worth a verdict. */
const enough = 60;

/**
 * @param {object} o
 * @param {import('./cluster.mjs').Cluster} o.cluster
 * @param {import('./crowd.mjs').Crowd} o.crowd
 * @param {(string | Function)[]} o.faults  scenarios or their names, one after the other
 * @param {string} o.directory    for the history
 * @param {boolean} [o.short]
 * @param {(line: string) => void} [o.say]
 * @returns {Promise<{findings: object[], counts: object, crowd: object, ms: number}>}
 */
export async function round({ cluster, crowd, random, faults, directory, short = false, say = () => {} }) {
  const history = await History.open(join(directory, 'history.jsonl'));
  const findings = [];
  const began = now();
  const allowed = { stored_only: false, log_lost: false };
  crowd.begin(history);
  const run = {
    cluster, crowd, random, short,
    pause: (ms) => crowd.pause(ms),
    note: (text) => {
      history.add({ type: 'fault', text, time: now() });
      say(`  ${Math.round(now() - began)} ms: ${text}`);
    },
    wrong: (text) => findings.push({ kind: 'node', text }),
    may_forget: ({ log_lost = false } = {}) => { allowed.stored_only = true; allowed.log_lost ||= log_lost; },
    disturb: (nodes) => { for (const n of nodes) n.disturbed_since ??= now(); },
  };
  crowd.start();
  await run.pause(500);
  for (const fault of faults) {
    const scenario = scenarios[fault] ?? fault;
    await scenario(run).catch((error) => findings.push({ kind: 'node', text: `${scenario.name}: ${error.message}` }));
    await run.pause(500);
  }
  await cluster.heal().catch((error) => findings.push({ kind: 'node', text: error.message }));
  run.note('healed');
  findings.push(...(await rest(cluster, crowd)));
  for (const node of cluster.nodes) {
    delete node.disturbed_since;
    node.stood_still = false;
    if (node.crashed) findings.push({ kind: 'node', text: node.crashed });
    if (allowed.stored_only) continue;
    for (const [name, value] of Object.entries(await node.broken())) findings.push({ kind: 'invariant', node: node.id, text: `${name} ${value}` });
  }
  const dropped = history.records.filter((r) => r.type === 'ended');
  for (const { member, node, reason } of dropped) findings.push({ kind: 'dropped', member, node, text: reason });
  await history.close();
  const checked = check(history.records, allowed);
  return {
    findings: [...findings, ...checked.findings], counts: checked.counts, calm: fared(history.records, true), all: fared(history.records, false),
    crowd: crowd.counts, ms: Math.round(now() - began),
  };
}

/** How publishers fared, all or those whose own node was in no trouble: the longest wait for an ack, and errors by code. */
function fared(records, only_calm) {
  const all = { longest_ms: 0, errors: {} };
  for (const r of records) {
    if (r.type !== 'answer' || (only_calm && !r.calm)) continue;
    if (r.error === undefined) all.longest_ms = Math.max(all.longest_ms, r.waited);
    else all.errors[r.error] = (all.errors[r.error] ?? 0) + 1;
  }
  return all;
}

/** Publishing goes on with everything healed until enough was said to judge, then stops; the last messages reach everybody. */
async function rest(cluster, crowd) {
  const findings = absent(await crowd.all_there());
  await crowd.pause(500);
  await crowd.until(() => crowd.stored >= enough);
  crowd.stop();
  await crowd.quiet();
  findings.push(...(await Promise.all(crowd.rooms.map((room) => last_message(crowd, room)))).flat());
  findings.push(...(await presence(crowd)));
  return findings;
}

function absent(members) {
  return members.map((text) => ({ kind: 'absent', text }));
}

/** One more message in the room is acked as stored and seen by all its members; the checker says who did not see it. */
async function last_message(crowd, room) {
  const members = crowd.members.filter((m) => m.connected && m.joined.has(room));
  if (members.length < 2) return [];
  const [by, ...others] = members;
  let text, answer;
  for (let i = 0; i < 100 && answer?.level !== 'stored'; ++i) {
    if (i) await crowd.pause(100);
    if (!text || answer.ok) text = `last of ${room} ${now()}`; // one without an answer is sent again
    answer = await by.publish({ text, room, id: text, event: 'message:send' });
  }
  if (answer.level !== 'stored') return [{ kind: 'unsettled', room, text: JSON.stringify(answer) }];
  const seen = () => new Set(crowd.history.records.filter((r) => r.type === 'delivery' && r.text === text).map((r) => r.member));
  await crowd.until(() => seen().size >= others.length);
  return [];
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
  await crowd.until(() => !wrong().length);
  const findings = await Promise.all(wrong().map(async ({ user, text }) => ({ kind: 'presence', text, nodes: await said_of(user, crowd.cluster) })));
  for (const m of gone) {
    m.away = false;
    crowd.comes_back(m);
  }
  findings.push(...absent(await crowd.all_there()));
  return findings;
}

/** What each node says of a user, to tell who is wrong. */
async function said_of(user, cluster) {
  return Promise.all(cluster.nodes.map(async (node) => `${node.id}: ${JSON.stringify(await node.api(`users/${user}`))}`));
}
