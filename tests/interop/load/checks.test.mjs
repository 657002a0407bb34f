// The load generator notices what a server does wrong, and says nothing when it does nothing wrong.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { it } from "../support/clients.mjs";
import { load } from "./generator.mjs";
import { rogueEvents, startRogue } from "./rogue.mjs";

const brief = ["--connections", 4, "--publishers", 2, "--warmup", 0, "--duration", 0.5, "--timeout", 1.5, ...rogueEvents];
const longer = brief.map((value, i) => (brief[i - 1] === "--duration" ? 4 : value));
const fault = (number, change) => (frame, member, count) =>
  member.number === 3 && count === number ? change(frame) : [frame];
const clean = { lost: 0, doubled: 0, reordered: 0, order_differs: 0, unknown: 0, refused: 0 };

/** What the check found, without what is zero. */
const found = (result) =>
  Object.fromEntries(Object.keys(clean).map((key) => [key, result.check[key]]).filter(([, count]) => count > 0));

describe("fan-out", () => {
  it("of an honest server is clean", async (t) => {
    const { code, result } = await load("fanout", await startRogue(t), [...brief, "--in-flight", 8]);
    assert.deepEqual(found(result), {});
    assert.equal(code, 0);
    assert.ok(result.window.deliveries > 100);
    assert.equal(result.latency_ms.count, result.window.deliveries);
  });

  it("with a lost message", async (t) => {
    const server = await startRogue(t, { spoil: fault(20, () => []) });
    const { code, result } = await load("fanout", server, [...brief, "--rate", 200]);
    assert.equal(result.check.lost, 1);
    assert.equal(result.check.doubled + result.check.reordered + result.check.unknown, 0);
    assert.equal(code, 1);
  });

  it("with a doubled message", async (t) => {
    const server = await startRogue(t, { spoil: fault(20, (frame) => [frame, frame]) });
    const { code, result } = await load("fanout", server, [...brief, "--rate", 200]);
    assert.deepEqual(found(result), { doubled: 1 });
    assert.equal(code, 1);
  });

  it("with a message that comes late", async (t) => {
    let held;
    const spoil = (frame, member, count) => {
      if (member.number !== 3 || count < 20 || count > 30) return [frame];
      if (count === 20) return (held = frame), [];
      return count === 30 ? [frame, held] : [frame];
    };
    const { code, result } = await load("fanout", await startRogue(t, { spoil }), [...brief, "--rate", 200]);
    assert.deepEqual(found(result), { reordered: 1 });
    assert.equal(code, 1);
  });

  it("with members who see two publishers in different orders", async (t) => {
    let held;
    const spoil = (frame, member, count) => {
      if (member.number !== 3 || (count !== 20 && count !== 21)) return [frame];
      return count === 20 ? ((held = frame), []) : [frame, held];
    };
    // At a fixed rate the publishers take turns: 20 and 21 are of different ones.
    const { code, result } = await load("fanout", await startRogue(t, { spoil }), [...brief, "--rate", 200]);
    assert.ok(result.check.order_differs >= 1, JSON.stringify(result.check));
    assert.equal(result.check.lost + result.check.doubled + result.check.reordered, 0);
    assert.equal(code, 1);
  });

  it("with a message to the sender that should not get it", async (t) => {
    const spoil = (frame, member, count) => {
      if (count === 20 && member.number === 3)
        server.sockets.clients.forEach((other) => other.number < 2 && other.send(frame));
      return [frame];
    };
    const server = await startRogue(t, { spoil });
    const { code, result } = await load("fanout", server, [...brief, "--rate", 200]);
    assert.ok(result.check.unknown >= 1, JSON.stringify(result.check));
    assert.equal(code, 1);
  });

  it("goes on when a message in a closed loop is lost, and says that it stalled", async (t) => {
    const server = await startRogue(t, { spoil: fault(20, () => []) });
    const { result } = await load("fanout", server, [...longer, "--in-flight", 1]);
    assert.equal(result.check.lost, 1);
    assert.equal(result.check.stalled, 1);
    assert.ok(result.window.publishes > 100);
  });
});

describe("echo", () => {
  const echo = ["--connections", 4, "--echo", '["ask","{body}"]', "--warmup", 0, "--duration", 0.5, "--timeout", 1.5];

  it("counts an answer that never comes", async (t) => {
    const server = await startRogue(t, { spoil: (text, socket, count) => (count === 5 ? [] : [text]) });
    const { code, result } = await load("echo", server, [...echo, "--in-flight", 2]);
    assert.deepEqual(found(result), { lost: 4 });
    assert.equal(code, 1);
  });

  it("counts a second answer", async (t) => {
    const server = await startRogue(t, { spoil: (text, socket, count) => (count === 5 ? [text, text] : [text]) });
    const { code, result } = await load("echo", server, echo);
    assert.deepEqual(found(result), { doubled: 4 });
    assert.equal(code, 1);
  });
});

describe("connections", () => {
  it("that are refused", async () => {
    const { code, result } = await load("connect", { url: "http://127.0.0.1:9" }, ["--connections", 5]);
    assert.equal(result.connections.refused, 5);
    assert.equal(result.connections.established, 0);
    assert.equal(code, 1);
  });

  it("that may not join", async (t) => {
    let joined = 0;
    const server = await startRogue(t, { onJoin: () => ++joined <= 3 });
    const { code, result } = await load("connect", server, ["--connections", 5, ...rogueEvents.slice(0, 2)]);
    assert.equal(result.connections.established, 3);
    assert.equal(result.connections.rejected, 2);
    assert.match(result.connections.first_problem, /not today/);
    assert.equal(code, 1);
  });

  it("that get no answer", async (t) => {
    const server = await startRogue(t);
    const args = ["--connections", 3, "--timeout", 0.3, "--join", '["never"]'];
    const { code, result } = await load("connect", server, args);
    assert.equal(result.connections.timed_out, 3);
    assert.equal(code, 1);
  });

  it("that the server closes", async (t) => {
    const server = await startRogue(t);
    const args = ["--connections", 4, ...rogueEvents.slice(0, 2), "--warmup", 0, "--duration", 3];
    const running = load("idle", server, args);
    while (![...server.sockets.clients].some((socket) => socket.number === 3)) await delay(10);
    [...server.sockets.clients].slice(0, 2).forEach((socket) => socket.close(1001, "going"));
    const { code, result } = await running;
    assert.equal(result.connections.lost, 2);
    assert.equal(result.connections.live_at_end, 2);
    assert.match(result.connections.first_problem, /1001 going/);
    assert.equal(code, 1);
  });
});

describe("the command line", () => {
  it("refuses what cannot work with exit code 2 and a sentence", async () => {
    const nowhere = { url: "http://127.0.0.1:9" };
    for (const [args, sentence] of [
      [["--rooms", 0], /at least 1/],
      [["--connections", 5, "--rooms", 10], /more rooms/],
      [["--connections", 5, "--publishers", 5], /too small/],
      [["--payload-bytes", 10], /48 bytes/],
      [["--publish", '["say"]'], /\{body\}/],
      [["--publish", '["say",{body}]'], /array with its name first/],
      [["--auth", "{"], /no JSON/],
      [["--server-pid", 999999999], /no process/],
      [["--connections", 100000000], /ulimit/],
      [["--rate", 5, "--in-flight", 5], /excludes/],
    ]) {
      const { code, errors } = await load("fanout", nowhere, args);
      assert.match(errors, sentence);
      assert.equal(code, 2, errors);
    }
    assert.equal((await load("fanout", { url: "nonsense" }, [])).code, 2);
  });
});
