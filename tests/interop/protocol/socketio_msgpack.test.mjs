// The msgpack parser (socket.io-msgpack-parser): recognised by the first message of a connection.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import parser from "socket.io-msgpack-parser";
import { it } from "../support/patient.mjs";
import { startEcho } from "../support/servers.mjs";
import { connected, openSocketIo, SOCKET_ID } from "../support/socketio.mjs";

let server;
before(async () => (server = await startEcho({ args: process.env.ECHO_MSGPACK_ARGS?.split(" ") })));
after(() => server?.stop());

const encoder = new parser.Encoder();
const pack = (packet) => Buffer.from(encoder.encode(packet)[0]);

/** Reads the next packet; it must be one binary message. */
async function read(peer) {
  const frame = await peer.next();
  assert.ok(Buffer.isBuffer(frame), `text frame ${frame}`);
  return new Promise((resolve) => {
    const decoder = new parser.Decoder();
    decoder.on("decoded", resolve);
    decoder.add(frame);
  });
}

async function join(peer, nsp = "/", data = undefined) {
  peer.send(pack({ type: 0, nsp, data, options: { compress: true } }));
  const reply = await read(peer);
  assert.deepEqual([reply.type, reply.nsp], [0, nsp]);
  assert.equal(reply.data.pid ?? undefined, undefined, "no recovery was offered");
  assert.match(reply.data.sid, SOCKET_ID);
  assert.deepEqual((await read(peer)).data, ["auth", data ?? {}]);
}

describe("a connection that speaks msgpack", () => {
  it("connects with a payload", async () => {
    const peer = await openSocketIo(server);
    await join(peer, "/", { token: "abc", n: 7 });
    await join(peer, "/custom");
    peer.drop();
  });

  it("is refused an unknown namespace", async () => {
    const peer = await openSocketIo(server);
    peer.send(pack({ type: 0, nsp: "/random", data: undefined }));
    const reply = await read(peer);
    assert.deepEqual([reply.type, reply.nsp, reply.data], [4, "/random", { message: "Invalid namespace" }]);
    await join(peer);
    peer.drop();
  });

  it("exchanges values of every kind", async () => {
    const peer = await openSocketIo(server);
    await join(peer);
    const args = [0, 1, 127, 128, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, -1, -32, -33, -128, -129, -32769, -(2 ** 31), -(2 ** 40), 2 ** 52,
      1.5, -0.25, 1e-300, true, false, null, "", "é\u{1f600}", "x".repeat(40), "y".repeat(300), "z".repeat(70_000),
      [], [1, [2, [3]]], {}, { a: { b: [null] } }, Array.from({ length: 20 }, (_, i) => i), Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i]))];
    peer.send(pack({ type: 2, nsp: "/", data: ["message", ...args] }));
    const reply = await read(peer);
    assert.equal(reply.type, 2);
    assert.deepEqual(reply.data, ["message-back", ...args]);
    peer.drop();
  });

  it("carries binary inline", async () => {
    const peer = await openSocketIo(server);
    await join(peer);
    const parts = [Buffer.alloc(0), Buffer.from([1, 2, 3]), Buffer.alloc(300, 7), Buffer.alloc(70_000, 9)];
    peer.send(pack({ type: 2, nsp: "/", data: ["message-with-ack", ...parts, { deep: [parts[1]] }], id: 12 }));
    const reply = await read(peer);
    assert.deepEqual([reply.type, reply.id], [3, 12]);
    assert.deepEqual(reply.data.slice(0, 4).map(Buffer.from), parts);
    assert.deepEqual(Buffer.from(reply.data[4].deep[0]), parts[1]);
    peer.drop();
  });

  it("leaves and joins again", async () => {
    const peer = await openSocketIo(server);
    await join(peer);
    peer.send(pack({ type: 1, nsp: "/", data: undefined }));
    await join(peer);
    peer.drop();
  });

  it("has a JSON neighbour on the same server", async () => {
    if (process.env.ECHO_MSGPACK_ARGS) return;
    const peer = await openSocketIo(server);
    await join(peer);
    const neighbour = await connected(server);
    neighbour.send('42["message",1]');
    assert.equal(await neighbour.next(), '42["message-back",1]');
    neighbour.drop();
    peer.drop();
  });
});

describe("bad msgpack is fatal:", () => {
  const cases = {
    "a broken map": [Buffer.from([0x85, 0xa4])],
    "not a map": [Buffer.from([0x93, 1, 2, 3])],
    "nothing": [Buffer.alloc(0)],
    "trailing bytes": [Buffer.concat([pack({ type: 2, nsp: "/", data: ["message"] }), Buffer.from([0])])],
    "an unknown type": [pack({ type: 9, nsp: "/", data: ["message"] })],
    "a namespace that is a number": [pack({ type: 2, nsp: 1, data: ["message"] })],
    "an event without a name": [pack({ type: 2, nsp: "/", data: [] })],
    "an event that is an object": [pack({ type: 2, nsp: "/", data: {} })],
    "a reserved event": [pack({ type: 2, nsp: "/", data: ["disconnect"] })],
    "a text message": ['42["message"]'],
    "an array of 2^32 values": [Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff])],
    "nesting without end": [Buffer.alloc(200_000, 0x91)],
  };
  for (const [name, frames] of Object.entries(cases))
    it(name, async () => {
      const peer = await openSocketIo(server);
      await join(peer);
      peer.send(...frames);
      await peer.ended({ timeout: 200 });
    });
});
