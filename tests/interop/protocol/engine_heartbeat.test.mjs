// Engine.IO v4: the server pings every 300 ms, and a session without a pong within 200 ms ends.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { request } from "../support/http.mjs";
import { it } from "../support/patient.mjs";
import { openPolling } from "../support/polling.mjs";
import { startEcho } from "../support/servers.mjs";
import { openWebSocket } from "../support/websocket.mjs";

let server;
before(async () => (server = await startEcho()));
after(() => server?.stop());

/** `ms` lies in the window; the upper bound leaves room for a busy machine. */
function within(ms, least, most, what) {
  assert.ok(ms >= least && ms <= most, `${what} after ${Math.round(ms)} ms instead of ${least} to ${most}`);
}

describe("over long-polling", () => {
  it("pings again and again while pongs come", async () => {
    const session = await openPolling(server);
    for (let i = 0; i < 3; ++i) {
      const start = performance.now();
      assert.deepEqual(await session.packets(), ["2"]);
      within(performance.now() - start, 270, 450, "ping");
      await session.send("3");
    }
  });

  it("has forgotten a session that never polled 500 ms after its handshake", async () => {
    const session = await openPolling(server);
    await delay(500);
    const answer = await session.get();
    assert.equal(answer.status, 400);
    assert.equal(answer.text, '{"code":1,"message":"Session ID unknown"}');
  });

  it("keeps such a session until then, its ping queued", async () => {
    const session = await openPolling(server);
    await delay(380);
    assert.deepEqual(await session.packets(), ["2"]);
    await session.send("3", "4alive");
    assert.equal(await session.next(), "4alive");
  });

  it("ends a session that polls and does not answer", async () => {
    const start = performance.now();
    const session = await openPolling(server);
    assert.deepEqual(await session.packets(), ["2"]);
    const last = await session.get();
    within(performance.now() - start, 470, 700, "the end");
    if (last.status === 200) assert.equal(last.text, "1");
    const answer = await session.get();
    assert.equal(answer.status, 400);
    assert.match(answer.text, /"code":1,/);
  });
});

describe("over WebSocket", () => {
  it("pings every 300 ms after the last pong", async () => {
    const peer = await openWebSocket(server);
    for (let i = 0; i < 3; ++i) {
      const start = performance.now();
      assert.equal(await peer.next(), "2");
      within(performance.now() - start, 270, 450, "ping");
      peer.send("3");
    }
    peer.drop();
  });

  it("closes without a code 500 ms after the opening when no pong comes", async () => {
    const peer = await openWebSocket(server);
    const start = performance.now();
    const { code } = await peer.ended();
    within(performance.now() - start, 470, 650, "the end");
    assert.equal(code, 1005);
    const answer = await request(server, `/engine.io/?EIO=4&transport=polling&sid=${peer.sid}`);
    assert.match(answer.text, /"code":1,/);
  });

  it("pings whatever else flows", async () => {
    const peer = await openWebSocket(server);
    const end = performance.now() + 1100;
    let pings = 0;
    let echoes = 0;
    peer.socket.on("message", (data) => {
      if (data.toString() === "2") ++pings, peer.send("3");
      else ++echoes;
    });
    while (performance.now() < end) {
      peer.send("4busy");
      await delay(5);
    }
    assert.ok(pings >= 2 && pings <= 4, `${pings} pings`);
    assert.ok(echoes > 20);
    peer.drop();
  });

  it("waits once more for the pong when something else arrives, and not for ever", async () => {
    const peer = await openWebSocket(server);
    assert.equal(await peer.next(), "2");
    const start = performance.now();
    const chatter = setInterval(() => peer.socket.readyState === 1 && peer.send("4no pong"), 50);
    const { code } = await peer.ended();
    clearInterval(chatter);
    within(performance.now() - start, 215, 420, "the end");
    assert.equal(code, 1005);
  });

  it("accepts pongs that nobody asked for", async () => {
    const peer = await openWebSocket(server);
    peer.send("3", "3", "4hello");
    assert.equal(await peer.next(), "4hello");
    assert.equal(await peer.next(), "2");
    peer.drop();
  });

  it("does not take a WebSocket pong for an Engine.IO pong", async () => {
    const peer = await openWebSocket(server);
    assert.equal(await peer.next(), "2");
    const start = performance.now();
    peer.socket.pong();
    await peer.ended();
    within(performance.now() - start, 170, 350, "the end");
  });
});
