// Official JavaScript clients talk to an application: payloads, acks, binary, order, namespaces, rooms.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe } from "node:test";
import msgpack from "socket.io-msgpack-parser";
import { ask, client, collect, event, it, matrix, modes, ready, until, versions } from "../support/clients.mjs";
import { startApp } from "../support/servers.mjs";

let app;
before(async () => (app = await startApp()));
after(() => app?.stop());
const server = () => app;

/** Values with every Buffer or Uint8Array as hexadecimal text, to compare what different runtimes make of binary. */
const plain = (value) =>
  ArrayBuffer.isView(value) ? `hex:${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`
  : Array.isArray(value) ? value.map(plain)
  : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]))
  : value;

describe("auth", () => {
  matrix("reaches the application, as object and as function", server, async ({ open }) => {
    const socket = open("/", { auth: { token: "abc", n: [1, { deep: true }] } });
    assert.deepEqual(await event(socket, "auth"), [{ token: "abc", n: [1, { deep: true }] }]);
    const other = open("/", { auth: (done) => done({ late: "é" }) });
    assert.deepEqual(await event(other, "auth"), [{ late: "é" }]);
    assert.match(other.id, /^[A-Za-z0-9_-]{20}$/);
    assert.deepEqual(await event(open("/"), "auth"), [{}]);
  });
});

describe("events and acks", () => {
  matrix("go both ways", server, async ({ open }) => {
    const socket = open();
    const args = [1, "zwei", null, true, { ä: [1.5, { x: -7 }] }, [], {}, "\u{1f600}\n\u0000"];
    const back = event(socket, "echo-back");
    assert.deepEqual(await ask(socket, "echo", ...args), args);
    assert.deepEqual(await back, args);
    assert.deepEqual(await ask(socket, "later", 5), [5, "later"]);
    assert.deepEqual(await ask(socket, "echo"), []);
  });

  matrix("let the server ask", server, async ({ open }) => {
    const socket = await ready(open());
    socket.once("question", (a, b, answer) => answer("fine", { a, b }));
    socket.emit("ask", "how", [1, 2]);
    assert.deepEqual(await event(socket, "answered"), [["fine", { a: "how", b: [1, 2] }]]);
    socket.emit("ask", "nobody listens");
    assert.deepEqual(await event(socket, "answered"), ["ack_timeout"]);
  });

  matrix("keep their order and number", server, async ({ open }) => {
    const socket = open();
    const received = collect(socket, "echo-back", 300);
    for (let i = 0; i < 300; ++i) socket.emit("echo", i);
    assert.deepEqual((await received).map(([i]) => i), Array.from({ length: 300 }, (_, i) => i));
  });

  matrix("pass in floods", server, async ({ open }) => {
    const socket = open();
    const received = collect(socket, "flood", 1000);
    socket.emit("flood", 1000, 100);
    const got = await received;
    assert.deepEqual(got.map(([i]) => i), Array.from({ length: 1000 }, (_, i) => i));
    assert.ok(got.every(([, filler]) => filler.length === 100));
  });

  matrix("of 900 kB pass", server, async ({ open }) => {
    const socket = open();
    const text = randomBytes(450_000).toString("hex");
    const [echo] = await ask(socket, "echo", text);
    assert.ok(echo === text);
  });

  matrix("without a handler are seen by the catch-all", server, async ({ open }) => {
    const socket = open();
    socket.emit("unheard-of", 1, 2);
    assert.deepEqual(await event(socket, "unknown"), ["unheard-of", 2]);
  });

  matrix("that are volatile arrive in order, if they arrive", server, async ({ open }) => {
    const socket = await ready(open());
    const ticks = await until(socket, "tick", () => (socket.emit("ticks", 50), event(socket, "ticks-done")));
    const numbers = ticks.map(([n]) => n);
    assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b));
  });
});

describe("binary", () => {
  matrix("goes both ways, ten attachments at once", server, async ({ open }) => {
    const socket = open();
    const parts = Array.from({ length: 10 }, (_, i) => randomBytes(i * 100));
    const value = { list: parts.slice(0, 8), deep: { er: { a: parts[8] } }, text: "between" };
    const back = event(socket, "echo-back");
    assert.deepEqual(plain(await ask(socket, "echo", value, parts[9])), plain([value, parts[9]]));
    assert.deepEqual(plain(await back), plain([value, parts[9]]));
    socket.emit("attachments", 10);
    const [made] = await event(socket, "attachments");
    assert.deepEqual(plain(made), Array.from({ length: 10 }, (_, i) => `hex:0${i}`));
  });

  matrix("of 900 kB passes", server, async ({ open, mode }) => {
    const socket = open();
    const bytes = randomBytes(mode === "polling" ? 700_000 : 900_000); // polling carries it as base64
    if (mode === "upgrade") await ready(socket), await upgraded(socket);
    const [echo] = await ask(socket, "echo", bytes);
    assert.ok(bytes.equals(Buffer.from(echo)));
  });

  matrix("is part of acks that the server asks for", server, async ({ open }) => {
    const socket = await ready(open());
    socket.once("question", (bytes, answer) => answer(Buffer.from(bytes).reverse()));
    socket.emit("ask", Buffer.from([1, 2, 3]));
    assert.deepEqual(plain(await event(socket, "answered")), [["hex:030201"]]);
  });
});

/** The switch to WebSocket has happened. */
async function upgraded(socket) {
  const { engine } = socket.io;
  if (engine.transport.name !== "websocket") await event(engine, "upgrade");
}

describe("the upgrade", () => {
  for (const [label, io] of Object.entries(versions))
    it(`loses and reorders nothing of 300 events each way (${label})`, async (t) => {
      for (let round = 0; round < 5; ++round) {
        const socket = client(t, app, { io, mode: "upgrade" })();
        const received = collect(socket, "echo-back", 300);
        const answers = [];
        await event(socket.io, "open"); // over polling; the probe runs while the events are sent
        for (let i = 0; i < 300; ++i) {
          socket.emit("echo", i, (n) => answers.push(n));
          if (i % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
        }
        const sent = Array.from({ length: 300 }, (_, i) => i);
        assert.deepEqual((await received).map(([i]) => i), sent);
        await upgraded(socket);
        assert.deepEqual(await ask(socket, "echo", "after"), ["after"]);
        assert.deepEqual(answers, sent);
        socket.disconnect();
      }
    });

  for (const [label, io] of Object.entries(versions))
    it(`keeps binary whole (${label})`, async (t) => {
      const socket = client(t, app, { io, mode: "upgrade" })();
      const received = collect(socket, "echo-back", 100);
      await event(socket.io, "open");
      for (let i = 0; i < 100; ++i) {
        socket.emit("echo", i, Buffer.alloc(200, i), { b: Buffer.from([i]) });
        if (i % 5 === 4) await new Promise((resolve) => setImmediate(resolve));
      }
      for (const [i, a, { b }] of await received) {
        assert.ok(Buffer.alloc(200, i).equals(Buffer.from(a)));
        assert.deepEqual([...b], [i]);
      }
    });
});

describe("namespaces", () => {
  matrix("share one connection", server, async ({ open }) => {
    const main = open("/", { auth: { from: "main" } });
    const others = ["/custom", "/tenant-1", "/tenant-2"].map((nsp) => main.io.socket(nsp, { auth: { from: nsp } }));
    const auths = await Promise.all(others.map((s) => event(s, "auth")));
    await ready(main, ...others);
    assert.deepEqual(auths.map(([a]) => a.from), ["/custom", "/tenant-1", "/tenant-2"]);
    assert.equal(new Set([main, ...others].map((s) => s.id)).size, 4);
    const answers = await Promise.all([main, ...others].map((s, i) => ask(s, "echo", i, Buffer.from([i]))));
    assert.deepEqual(plain(answers), [0, 1, 2, 3].map((i) => [i, `hex:0${i}`]));

    const others2 = await until(main, "said", async () => {
      await Promise.all(others.map((s) => ask(s, "join", "room")));
      others[0].emit("say-all", "room", "for /custom only");
      assert.deepEqual(await event(others[0], "said"), ["for /custom only"]);
      await ask(main, "echo");
    });
    assert.deepEqual(others2, []);

    others[0].disconnect();
    assert.deepEqual(await ask(main, "echo", "still here"), ["still here"]);
    others[0].connect();
    assert.deepEqual(await ask(others[0], "echo", "again"), ["again"]);
  });

  matrix("that are unknown are refused, others go on", server, async ({ open }) => {
    const main = open();
    const wrong = main.io.socket("/nope");
    const [error] = await event(wrong, "connect_error");
    assert.equal(error.message, "Invalid namespace");
    assert.equal(wrong.active, false);
    assert.deepEqual(await ask(main, "echo", 1), [1]);
  });

  matrix("may refuse with data, and be tried again", server, async ({ open }) => {
    const socket = open("/private", { auth: { token: "wrong" } });
    const [error] = await event(socket, "connect_error");
    assert.equal(error.message, "not authorized");
    assert.deepEqual(error.data, { code: "E_TOKEN", retry: false });
    assert.equal(socket.active, false);
    socket.auth = { token: "right" };
    socket.connect();
    assert.deepEqual(await ask(socket, "echo", "in"), ["in"]);
  });
});

describe("rooms", () => {
  const everyKind = (t) =>
    Object.values(versions).flatMap((io) => Object.keys(modes).map((mode) => client(t, app, { io, mode })()));

  it("reach members over every transport, once each", async (t) => {
    const sockets = everyKind(t);
    await ready(...sockets);
    await Promise.all(sockets.map((s) => ask(s, "join", "all")));
    const received = sockets.slice(1).map((s) => collect(s, "said", 20));
    for (let i = 0; i < 20; ++i) sockets[0].emit("say", "all", { i, bytes: Buffer.from([i]) });
    for (const list of await Promise.all(received))
      assert.deepEqual(plain(list), Array.from({ length: 20 }, (_, i) => [{ i, bytes: `hex:${i.toString(16).padStart(2, "0")}` }]));
  });

  it("leave out the sender, the excluded and those who left", async (t) => {
    const [a, b, c, d] = everyKind(t);
    await ready(a, b, c, d);
    await Promise.all([a, b, c, d].map((s) => ask(s, "join", "some")));
    await ask(c, "join", "not-these");
    await ask(d, "leave", "some");
    const heard = (s) => until(s, "said", async () => (await event(b, "said"), await ask(s, "echo")));
    const lists = [a, c, d].map(heard);
    a.emit("say-except", "some", "not-these", "hello");
    assert.deepEqual(await Promise.all(lists), [[["hello"]], [], []]);
    const after = [a, c].map((s) => until(s, "said", async () => (await event(b, "said"), await ask(s, "echo"))));
    a.emit("say", "some", "but me");
    assert.deepEqual(await Promise.all(after), [[], [["but me"]]]);
    assert.deepEqual(await ask(c, "rooms"), [["some", "not-these"]]);
  });

  it("can be asked, fetched, filled and emptied", async (t) => {
    const [a, b, c] = everyKind(t);
    await ready(a, b, c);
    await Promise.all([a, b, c].map((s) => ask(s, "join", "quiz")));
    b.on("question", (q, answer) => answer(`b: ${q}`));
    a.on("question", (q, answer) => answer(`a: ${q}`));
    a.emit("ask-room", "quiz", "who?");
    const [expected, answers] = await event(a, "room-answered");
    assert.equal(expected, 3);
    assert.deepEqual(answers.flat().sort(), ["a: who?", "b: who?"]);

    const [ids] = await ask(a, "fetch", "quiz");
    assert.deepEqual(ids.sort(), [a.id, b.id, c.id].sort());
    const heard = event(c, "said");
    await ask(a, "drag", "quiz", "dragged");
    a.emit("say-all", "dragged", "you are here");
    assert.deepEqual(await heard, ["you are here"]);

    const gone = [b, c].map((s) => event(s, "disconnect"));
    await ask(a, "leave", "quiz");
    a.emit("kick-room", "quiz", false);
    assert.deepEqual((await Promise.all(gone)).map(([reason]) => reason), ["io server disconnect", "io server disconnect"]);
  });

  it("hear a broadcast to the whole namespace", async (t) => {
    const [a, b, c] = everyKind(t);
    await ready(a, b, c);
    const heard = [b, c].map((s) => event(s, "said"));
    a.emit("shout", { bytes: Buffer.from([7]) });
    assert.deepEqual(plain(await Promise.all(heard)), [[{ bytes: "hex:07" }], [{ bytes: "hex:07" }]]);
  });
});

describe("many clients at once", () => {
  it("are all served", async (t) => {
    const sockets = Array.from({ length: 60 }, (_, i) => client(t, app, { mode: Object.keys(modes)[i % 3] })());
    const answers = await Promise.all(sockets.map((s, i) => ask(s, "echo", i)));
    assert.deepEqual(answers, sockets.map((_, i) => [i]));
  });
});

// The parser is told apart by the first message of a connection, so one server serves both.
describe("the msgpack parser", () => {
  const packed = { parser: msgpack };

  matrix("carries events, acks and binary both ways", server, async ({ open }) => {
    const socket = open("/", { ...packed, auth: { token: "abc" } });
    assert.deepEqual(await event(socket, "auth"), [{ token: "abc" }]);
    const args = [1, -1, 300, 70_000, 1.5, "é\u{1f600}", null, { a: [Buffer.from([1, 2]), { b: Buffer.alloc(0) }] }];
    assert.deepEqual(plain(await ask(socket, "echo", ...args)), plain(args));
    socket.once("question", (x, answer) => answer({ x, y: Buffer.from([9]) }));
    socket.emit("ask", Buffer.from([8]));
    assert.deepEqual(plain(await event(socket, "answered")), [[{ x: "hex:08", y: "hex:09" }]]);
    const other = socket.io.socket("/custom");
    assert.deepEqual(await ask(other, "echo", "custom"), ["custom"]);
    const wrong = socket.io.socket("/nope");
    assert.equal((await event(wrong, "connect_error"))[0].message, "Invalid namespace");
  });

  matrix("keeps the order of 300 events", server, async ({ open }) => {
    const socket = open("/", packed);
    const received = collect(socket, "echo-back", 300);
    for (let i = 0; i < 300; ++i) socket.emit("echo", i);
    assert.deepEqual((await received).map(([i]) => i), Array.from({ length: 300 }, (_, i) => i));
  });

  it("shares rooms with the JSON parser", async (t) => {
    const open = client(t, app);
    const [a, b] = [open("/", packed), open("/")];
    await ready(a, b);
    await Promise.all([a, b].map((s) => ask(s, "join", "mixed")));
    const heard = [event(a, "said"), event(b, "said")];
    b.emit("say", "mixed", { n: 1, bytes: Buffer.from([1, 2, 3]) });
    a.emit("say", "mixed", { n: 2, bytes: Buffer.from([4, 5, 6]) });
    assert.deepEqual(plain(await Promise.all(heard)), [[{ n: 1, bytes: "hex:010203" }], [{ n: 2, bytes: "hex:040506" }]]);
  });
});
