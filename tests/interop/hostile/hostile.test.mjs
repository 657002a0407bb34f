// Thousands of connections misbehave while two official clients talk: nothing they say may be lost or late, the process
// lives, and its memory comes back. HOSTILE_CONNECTIONS says how many (default 2,000). The attack is a process of its own.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ask, client, ready } from "../support/clients.mjs";
import { request } from "../support/http.mjs";
import { rss } from "../support/process.mjs";
import { startTroupe } from "../support/servers.mjs";

const connections = Number(process.env.HOSTILE_CONNECTIONS ?? 2000);
const seed = Number(process.env.HOSTILE_SEED ?? Date.now() % 1_000_000);
const bound = 3000; // ms from sending to receiving, generous because all share one machine
const growth = Number(process.env.HOSTILE_GROWTH_MB ?? 20) * 1e6;

let node;
before(async () => {
  node = await startTroupe({ set: { "limits.header_timeout_ms": 5000, "socketio.connect_timeout_ms": 1000 } });
});
after(() => node?.stop());

/** Runs attack.mjs; resolves to what became of its connections. */
async function attack(count, from) {
  const program = fileURLToPath(new URL("attack.mjs", import.meta.url));
  const options = { port: node.port, connections: count, seed: from };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return JSON.parse((await promisify(execFile)(process.execPath, [program, ...args])).stdout);
}

/** A message every few milliseconds from `from` to `to`, until `stop()`; then what was sent and how late it came. */
function conversation(from, to, room) {
  const delays = [];
  const wrong = [];
  let sent = 0;
  let confirmed = 0;
  let over = false;
  to.on("message:new", ({ content }) => {
    if (content.n !== delays.length) wrong.push(content.n);
    delays.push(performance.now() - content.at);
  });
  const talking = (async () => {
    while (!over) {
      const [answer] = await ask(from, "message:send", { room, content: { n: sent++, at: performance.now() } });
      if (answer.ok) ++confirmed;
      await delay(5);
    }
  })();
  return async () => {
    over = true;
    await talking;
    for (let i = 0; i < 200 && delays.length < sent; ++i) await delay(10);
    return { sent, confirmed, received: delays.length, wrong, latest: Math.max(...delays) };
  };
}

/** Sessions the node counts, as soon as they are `wanted`, or after a while. */
async function sessions(wanted) {
  let count;
  for (let i = 0; i < 300; ++i) {
    count = JSON.parse((await request(node, "/metrics?format=json")).text).socketConnections;
    if (count === wanted) break;
    await delay(20);
  }
  return count;
}

describe(`${connections} hostile connections (seed ${seed})`, () => {
  it("disturb nobody and leave nothing behind", { timeout: 900_000 }, async (t) => {
    const pairs = [];
    for (const [mode, room] of [["websocket", "calm-1"], ["polling", "calm-2"]]) {
      const open = client(t, node, { mode });
      const pair = [open("/", { reconnection: false }), open("/", { reconnection: false })];
      await ready(...pair);
      for (const s of pair) await ask(s, "join_room", room);
      pairs.push([...pair, room]);
    }
    const start = rss(node.pid);
    const ends = pairs.map(([from, to, room]) => conversation(from, to, room));
    const half = Math.ceil(connections / 2);
    const outcomes = [await attack(half, seed)];
    assert.equal(await sessions(4), 4, "no session is left over");
    const between = rss(node.pid); // what allocators keep for the next time is there now
    outcomes.push(await attack(half, seed + 1));
    for (const end of ends) {
      const { sent, confirmed, received, wrong, latest } = await end();
      t.diagnostic(`${sent} messages, latest after ${latest.toFixed(0)} ms`);
      assert.ok(sent > 5);
      assert.deepEqual([confirmed, received, wrong], [sent, sent, []]);
      assert.ok(latest < bound, `a message took ${latest.toFixed(0)} ms`);
    }
    for (const outcome of outcomes) {
      t.diagnostic(`outcomes ${JSON.stringify(outcome)}`);
      assert.equal(outcome.ECONNREFUSED ?? 0, 0);
    }

    assert.equal(await sessions(4), 4, "no session is left over");
    const end = rss(node.pid);
    t.diagnostic(`RSS ${[start, between, end].map((b) => (b / 1e6).toFixed(1)).join(" -> ")} MB`);
    assert.ok(end - between < growth, `memory grew by ${((end - between) / 1e6).toFixed(1)} MB in the second half`);
    assert.equal((await request(node, "/live")).status, 200);
    const { code, signal } = await node.stop();
    assert.deepEqual([code, signal], [0, null], node.log.slice(-2000));
  });
});
