// Engine.IO v4 over WebSocket: framing, sizes, and what ends a session.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import net from "node:net";
import { once } from "node:events";
import { after, before, describe } from "node:test";
import { request } from "../support/http.mjs";
import { it } from "../support/patient.mjs";
import { startEcho } from "../support/servers.mjs";
import { connect, openWebSocket } from "../support/websocket.mjs";

let server;
before(async () => (server = await startEcho()));
after(() => server?.stop());

async function unknown(sid) {
  const answer = await request(server, `/engine.io/?EIO=4&transport=polling&sid=${sid}`);
  assert.equal(answer.status, 400);
  assert.match(answer.text, /"code":1,/);
}

describe("messages", () => {
  it("echoes text", async () => {
    const peer = await openWebSocket(server);
    for (const text of ["4hello", "4", "4é€\u{1f600}", "4\x1e not a separator here", `4${"a".repeat(70_000)}`]) {
      peer.send(text);
      assert.equal(await peer.next(), text);
    }
    peer.drop();
  });

  it("echoes binary", async () => {
    const peer = await openWebSocket(server);
    for (const bytes of [Buffer.from([1, 2, 3, 4]), Buffer.alloc(0), Buffer.from("4text"), randomBytes(70_000)]) {
      peer.send(bytes);
      assert.deepEqual(await peer.next(), bytes);
    }
    peer.drop();
  });

  it("keeps the order of text and binary", async () => {
    const peer = await openWebSocket(server, { answerPings: true });
    const sent = Array.from({ length: 500 }, (_, i) => (i % 3 ? `4${i}` : Buffer.from([i >> 8, i & 255])));
    peer.send(...sent);
    for (const frame of sent) assert.deepEqual(await peer.next(), frame);
    peer.drop();
  });

  it("puts fragments together, with a control frame between them", async () => {
    const peer = await openWebSocket(server);
    peer.socket.send("4one ", { fin: false });
    peer.socket.ping("between");
    peer.socket.send("two ", { fin: false });
    peer.socket.send("three", { fin: true });
    const [pong] = await once(peer.socket, "pong");
    assert.equal(pong.toString(), "between");
    assert.equal(await peer.next(), "4one two three");
    peer.drop();
  });

  it("sends binary as base64 text to a client that asked for b64", async () => {
    const peer = await openWebSocket(server, { query: "&b64=1" });
    peer.send(Buffer.from([1, 2, 3, 4]));
    assert.equal(await peer.next(), "bAQIDBA==");
    peer.drop();
  });

  it("accepts binary as base64 text", async () => {
    const peer = await openWebSocket(server);
    peer.send("bAQIDBA==");
    assert.deepEqual(await peer.next(), Buffer.from([1, 2, 3, 4]));
    peer.drop();
  });

  for (const packet of ["0", "3", "5", "6"])
    it(`ignores an unexpected packet ${packet}`, async () => {
      const peer = await openWebSocket(server);
      peer.send(packet, "4after");
      assert.equal(await peer.next(), "4after");
      peer.drop();
    });
});

describe("sizes", () => {
  it("takes a message of exactly maxPayload", async () => {
    const peer = await openWebSocket(server, { answerPings: true });
    const text = `4${"x".repeat(999_999)}`;
    peer.send(text);
    assert.equal(await peer.next(), text);
    const bytes = randomBytes(1_000_000);
    peer.send(bytes);
    assert.ok(bytes.equals(await peer.next()));
    peer.drop();
  });

  it("closes with 1009 upon a larger one", async () => {
    const peer = await openWebSocket(server);
    peer.send(`4${"x".repeat(1_000_000)}`);
    assert.equal((await peer.ended()).code, 1009);
    await unknown(peer.sid);
  });

  it("closes with 1009 when fragments add up to a larger one", async () => {
    const peer = await openWebSocket(server);
    for (let i = 0; i < 3; ++i) peer.socket.send("4".repeat(400_000), { fin: false });
    assert.equal((await peer.ended()).code, 1009);
  });
});

describe("closing", () => {
  it("ends the session upon an unknown packet type", async () => {
    for (const frame of ["abc", "7", "", "b!!!"]) {
      const peer = await openWebSocket(server);
      peer.send(frame);
      await peer.ended({ timeout: 250 });
      await unknown(peer.sid);
    }
  });

  it("ends the session upon a heartbeat in the wrong direction", async () => {
    const peer = await openWebSocket(server);
    peer.send("2");
    await peer.ended({ timeout: 250 });
    await unknown(peer.sid);
  });

  it("ends the session upon a close packet", async () => {
    const peer = await openWebSocket(server);
    peer.send("1");
    await peer.ended({ timeout: 800 });
    await unknown(peer.sid);
  });

  it("answers a close frame", async () => {
    const peer = await openWebSocket(server);
    peer.socket.close(1000, "bye");
    const { code } = await peer.ended({ timeout: 250 });
    assert.ok([1000, 1005].includes(code), `${code}`);
    await unknown(peer.sid);
  });

  it("notices a TCP connection that breaks", async () => {
    const peer = await openWebSocket(server);
    peer.drop();
    await peer.closed;
    await unknown(peer.sid);
  });

  it("has one transport a session: polling is refused, a second WebSocket opened and closed", async () => {
    const peer = await openWebSocket(server);
    const poll = await request(server, `/engine.io/?EIO=4&transport=polling&sid=${peer.sid}`);
    assert.equal(poll.status, 400);
    assert.equal(poll.text, '{"code":3,"message":"Bad request"}');
    const second = await connect(server, `/engine.io/?EIO=4&transport=websocket&sid=${peer.sid}`);
    await second.ended({ timeout: 250 });
    assert.equal(second.error, undefined);
    peer.send("4first goes on");
    assert.equal(await peer.next(), "4first goes on");
    peer.drop();
  });
});

describe("broken frames", () => {
  const mask = (bytes) => Buffer.concat([Buffer.from([0, 0, 0, 0]), bytes]);
  const frame = (head, payload = Buffer.alloc(0)) => Buffer.concat([Buffer.from([head, 0x80 | payload.length]), mask(payload)]);
  const text = Buffer.from("4x");

  const cases = [
    ["an unmasked frame", Buffer.concat([Buffer.from([0x81, 2]), text]), 1002],
    ["a reserved bit", frame(0xc1, text), 1002],
    ["a reserved opcode", frame(0x83, text), 1002],
    ["a reserved control opcode", frame(0x8b, text), 1002],
    ["a continuation of nothing", frame(0x80, text), 1002],
    ["a message inside a fragmented one", Buffer.concat([frame(0x01, text), frame(0x81, text)]), 1002],
    ["a fragmented control frame", frame(0x09, text), 1002],
    ["a control frame of 126 bytes", Buffer.concat([Buffer.from([0x89, 0x80 | 126, 0, 126]), mask(Buffer.alloc(126))]), 1002],
    ["invalid UTF-8", frame(0x81, Buffer.from([0x34, 0xff, 0xfe])), 1007],
    ["UTF-8 cut at the end", frame(0x81, Buffer.from([0x34, 0xe2, 0x82])), 1007],
    ["an encoded surrogate", frame(0x81, Buffer.from([0x34, 0xed, 0xa0, 0x80])), 1007],
    ["an announced length of 2^40", Buffer.from([0x82, 0x80 | 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
    ["an announced length beyond 2^63", Buffer.from([0x82, 0x80 | 127, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]), undefined],
    ["a close frame of one byte", frame(0x88, Buffer.from([3])), 1002],
    ["a close frame with an illegal code", frame(0x88, Buffer.from([0x03, 0xed])), 1002],
  ];

  /** A hand-made WebSocket: resolves to what the server sent after the open packet, once it has closed. */
  async function provoke(bytes) {
    const socket = net.connect(server.port, "127.0.0.1");
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => (received = Buffer.concat([received, chunk])));
    socket.on("error", () => {});
    socket.write(
      "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    while (!received.includes("maxPayload")) await once(socket, "data");
    const body = received.indexOf("\r\n\r\n") + 4;
    const start = body + 2 + (received[body + 1] === 126 ? 2 + received.readUInt16BE(body + 2) : received[body + 1]);
    socket.write(bytes);
    const timer = setTimeout(() => socket.destroy(new Error("late")), 350);
    const [failed] = await once(socket, "close");
    clearTimeout(timer);
    assert.ok(!failed || !socket.errored?.message.includes("late"), "the connection stays open");
    return received.subarray(start);
  }

  for (const [name, bytes, code] of cases)
    it(`closes upon ${name}${code ? ` with ${code}` : ""}`, async () => {
      const rest = await provoke(bytes);
      if (!code) return;
      assert.equal(rest[0], 0x88, `expected a close frame, got ${rest.toString("hex")}`);
      assert.equal(rest.readUInt16BE(2), code);
    });

  it("serves the next client as if nothing had happened", async () => {
    const peer = await openWebSocket(server);
    peer.send("4fine");
    assert.equal(await peer.next(), "4fine");
    peer.drop();
  });
});
