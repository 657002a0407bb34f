// Socket.IO v5: events and acks, byte for byte, with and without binary attachments.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe } from "node:test";
import { it } from "../support/patient.mjs";
import { openPolling } from "../support/polling.mjs";
import { startEcho } from "../support/servers.mjs";
import { connected, join, stillAlive } from "../support/socketio.mjs";

let server;
before(async () => (server = await startEcho()));
after(() => server?.stop());

const place = (num) => `{"_placeholder":true,"num":${num}}`;

/** Sends frames and expects exactly these in return. */
async function exchanged(sent, expected, options) {
  const peer = await connected(server, options);
  peer.send(...sent);
  for (const frame of expected) assert.deepEqual(await peer.next(), frame);
  await stillAlive(peer);
  peer.drop();
}

describe("events", () => {
  const args = {
    "several arguments": '1,"2",{"3":[true]}',
    "text of all kinds": '"","é\u{1f600}\u2028","\\u0000\\"\\\\","</script>"',
    "nested values": '[[[[]]]],{"a":{"b":{"c":{}}}},null,false',
    "keys in their order (JavaScript would move the numbers)": '{"z":1,"a":2,"10":3,"9":4}',
    "long integers": "9007199254740991,-9007199254740991",
    "members named like the protocol's own": '{"_placeholder":false,"num":7},{"type":2,"nsp":"/","data":[]}',
  };
  for (const [name, text] of Object.entries(args))
    it(`keep ${name}`, () => exchanged([`42["message",${text}]`], [`42["message-back",${text}]`]));

  it("keep the meaning of escapes", async () => {
    const peer = await connected(server);
    peer.send('42["message","\\ud83d\\ude00\\u00e9\\/",1e2]');
    assert.deepEqual(JSON.parse((await peer.next()).slice(2)), ["message-back", "\u{1f600}é/", 100]);
    peer.drop();
  });

  it("may carry nothing", () => exchanged(['42["message"]'], ['42["message-back"]']));
  it("come back in order", async () => {
    const peer = await connected(server);
    for (let i = 0; i < 300; ++i) peer.send(`42["message",${i}]`);
    for (let i = 0; i < 300; ++i) assert.equal(await peer.next(), `42["message-back",${i}]`);
    peer.drop();
  });

  it("of 900 kB pass", async () => {
    const text = "x".repeat(900_000);
    await exchanged([`42["message","${text}"]`], [`42["message-back","${text}"]`]);
  });

  it("pass over long-polling, with binary", async () => {
    const session = await openPolling(server, { path: "/socket.io/" });
    await session.send("40");
    await session.next();
    await session.next();
    await session.send(`452-["message",${place(0)},${place(1)}]`, "bAQID", "bBAUG");
    assert.equal(await session.next(), `452-["message-back",${place(0)},${place(1)}]`);
    assert.equal(await session.next(), "bAQID");
    assert.equal(await session.next(), "bBAUG");
    await session.send('42456["message-with-ack",1]');
    assert.equal(await session.next(), "43456[1]");
  });

  for (const packet of ["42", '42["error"]', '42[1,"x"]', '42["unheard-of",1]', '42["message-back"]'])
    it(`without a listener are ignored: ${packet}`, () => exchanged([packet], []));
});

describe("acks", () => {
  it("carry the id and the arguments", () =>
    exchanged(['42456["message-with-ack",1,"2",{"3":[false]}]'], ['43456[1,"2",{"3":[false]}]']));
  it("start at 0", () => exchanged(['420["message-with-ack"]'], ["430[]"]));
  it("may have long ids", () => exchanged(['429007199254740991["message-with-ack",1]'], ["439007199254740991[1]"]));
  it("answer each request once, in order", async () => {
    const peer = await connected(server);
    for (let i = 0; i < 100; ++i) peer.send(`42${i}["message-with-ack",${i}]`);
    for (let i = 0; i < 100; ++i) assert.equal(await peer.next(), `43${i}[${i}]`);
    peer.drop();
  });
  for (const packet of ["4399[]", "43[]", '4399[1,"x"]'])
    it(`that nobody waits for are ignored: ${packet}`, () => exchanged([packet], []));
});

describe("binary", () => {
  const one = Buffer.from([1, 2, 3]);
  const two = Buffer.from([4, 5, 6]);

  it("comes back as header and attachments", () =>
    exchanged(
      [`452-["message",${place(0)},${place(1)}]`, one, two],
      [`452-["message-back",${place(0)},${place(1)}]`, one, two],
    ));
  it("comes back in an ack", () =>
    exchanged(
      [`452-789["message-with-ack",${place(0)},${place(1)}]`, one, two],
      [`462-789[${place(0)},${place(1)}]`, one, two],
    ));
  it("sits deep in the arguments", () =>
    exchanged(
      [`452-["message",{"a":[1,${place(0)}],"b":{"c":${place(1)}}},"end"]`, one, two],
      [`452-["message-back",{"a":[1,${place(0)}],"b":{"c":${place(1)}}},"end"]`, one, two],
    ));
  it("may be empty", () =>
    exchanged([`451-["message",${place(0)}]`, Buffer.alloc(0)], [`451-["message-back",${place(0)}]`, Buffer.alloc(0)]));
  it("may be large", () => {
    const bytes = randomBytes(900_000);
    return exchanged([`451-["message",${place(0)}]`, bytes], [`451-["message-back",${place(0)}]`, bytes]);
  });
  it("may have ten attachments", () => {
    const parts = Array.from({ length: 10 }, (_, i) => Buffer.from([i]));
    const list = parts.map((_, i) => place(i)).join(",");
    return exchanged([`4510-["message",${list}]`, ...parts], [`4510-["message-back",${list}]`, ...parts]);
  });
  it("may be interrupted by a heartbeat", () =>
    exchanged([`451-["message",${place(0)}]`, "3", one], [`451-["message-back",${place(0)}]`, one]));
  it("may leave an attachment unused or use it twice", async () => {
    const peer = await connected(server);
    peer.send(`452-1["message-with-ack",${place(1)}]`, one, two);
    const header = await peer.next();
    assert.match(header, /^46[12]-1\[\{"_placeholder":true,"num":[01]\}\]$/);
    const count = Number(header[2]);
    const parts = [];
    for (let i = 0; i < count; ++i) parts.push(await peer.next());
    assert.deepEqual(parts[Number(/num":(\d)/.exec(header)[1])], two);
    peer.send(`451-2["message-with-ack",${place(0)},${place(0)}]`, one);
    const twice = await peer.next();
    const copies = [];
    for (let i = 0; i < Number(twice[2]); ++i) copies.push(await peer.next());
    for (const { num } of JSON.parse(twice.slice(twice.indexOf("[")))) assert.deepEqual(copies[num], one);
    await stillAlive(peer);
    peer.drop();
  });
  it("stays contiguous although many packets go out", async () => {
    const peer = await connected(server);
    for (let i = 0; i < 50; ++i) peer.send(`42${i}["message-with-ack",${i}]`, `451-["message",${place(0)},${i}]`, Buffer.from([i]));
    for (let i = 0; i < 50; ++i) {
      assert.equal(await peer.next(), `43${i}[${i}]`);
      assert.equal(await peer.next(), `451-["message-back",${place(0)},${i}]`);
      assert.deepEqual(await peer.next(), Buffer.from([i]));
    }
    peer.drop();
  });
  it("sent as a binary ack by mistake is ignored (rust)", () =>
    exchanged([`461-5["message",${place(0)}]`, one], []));
});

describe("a connection with two namespaces", () => {
  it("keeps their events apart", async () => {
    const peer = await connected(server);
    await join(peer, "/custom");
    peer.send('42/custom,7["message",1]', '427["message-with-ack",2]');
    assert.equal(await peer.next(), "437[2]");
    await stillAlive(peer);
    peer.drop();
  });
});
