// How connections end, what each side is told, and how official clients come back.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ask, client, collect, event, it, matrix, modes, ready, until, versions } from "../support/clients.mjs";
import { Proxy } from "../support/proxy.mjs";
import { startApp } from "../support/servers.mjs";
import { openWebSocket } from "../support/websocket.mjs";

let app;
before(async () => (app = await startApp()));
after(() => app?.stop());
const server = () => app;

/** An application that pings often. Only for tests about that: a busy machine would end the connections of others. */
async function restless(t) {
  const one = await startApp({ set: { "engine.ping_interval_ms": 1000, "engine.ping_timeout_ms": 1000 } });
  t.after(() => one.stop());
  return one;
}

/** What the server says about the end of the socket `id`, told to a bystander. */
async function told(observer, id, doing) {
  const heard = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the server noticed nothing")), 10_000);
    observer.on("left", function listener(who, reason) {
      if (who !== id) return;
      observer.off("left", listener);
      clearTimeout(timer);
      resolve(reason);
    });
  });
  await doing();
  return heard;
}

async function withBystander(t, socket, to = app) {
  const observer = client(t, to)();
  await ready(observer, socket);
  return observer;
}

/** The switch to WebSocket is over, if there is one to come. */
async function settled(socket, mode) {
  await ready(socket);
  if (mode === "upgrade" && socket.io.engine.transport.name !== "websocket") await event(socket.io.engine, "upgrade");
}

describe("an end on purpose", () => {
  matrix("by the client", server, async ({ open, t }) => {
    const socket = open();
    const observer = await withBystander(t, socket);
    const here = event(socket, "disconnect");
    assert.equal(await told(observer, socket.id, () => socket.disconnect()), "client namespace disconnect");
    assert.equal((await here)[0], "io client disconnect");
    assert.equal(socket.active, false);
    socket.connect();
    assert.deepEqual(await ask(socket, "echo", "back"), ["back"]);
  });

  for (const close of [false, true])
    matrix(`by the server${close ? ", with the connection" : ""}`, server, async ({ open, mode, t }) => {
      const socket = open();
      await settled(socket, mode);
      const observer = await withBystander(t, socket);
      const here = event(socket, "disconnect");
      const reason = await told(observer, socket.id, () => socket.emit("kick", close));
      assert.match(reason, close ? /^(server namespace disconnect|forced server close)$/ : /^server namespace disconnect$/);
      assert.equal((await here)[0], "io server disconnect");
      assert.equal(socket.active, false, "official clients do not come back by themselves");
    });

  matrix("by the server leaves other namespaces alone", server, async ({ open }) => {
    const socket = open();
    const custom = socket.io.socket("/custom");
    await ready(socket, custom);
    const here = event(socket, "disconnect");
    socket.emit("kick", false);
    assert.equal((await here)[0], "io server disconnect");
    assert.deepEqual(await ask(custom, "echo", 1), [1]);
  });

  it("by the server is told even in the middle of an upgrade", async (t) => {
    for (let round = 0; round < 30; ++round) {
      const socket = client(t, app, { mode: "upgrade" })();
      const here = event(socket, "disconnect");
      await event(socket, "auth");
      await delay(round % 10); // the probe is somewhere on its way
      socket.emit("kick", true);
      assert.equal((await here)[0], "io server disconnect", `round ${round}`);
    }
  });

  it("by the server with the connection ends every namespace", async (t) => {
    const socket = client(t, app)();
    const custom = socket.io.socket("/custom");
    await ready(socket, custom);
    const ends = [socket, custom].map((s) => event(s, "disconnect"));
    socket.emit("kick", true);
    for (const [reason] of await Promise.all(ends)) assert.equal(reason, "io server disconnect");
  });
});

describe("a network that breaks", () => {
  for (const mode of Object.keys(modes))
    for (const [label, io] of Object.entries(versions))
      it(`is noticed by both sides, and the client comes back (${label}, ${mode})`, async (t) => {
        const proxy = await new Proxy(app).start();
        t.after(() => proxy.stop());
        const socket = client(t, proxy, { io, mode })("/", { auth: { token: "kept" } });
        await settled(socket, mode);
        const observer = await withBystander(t, socket);
        const first = socket.id;
        const here = event(socket, "disconnect");
        const reason = await told(observer, first, () => proxy.cut());
        assert.match(reason, /^transport (close|error)$/);
        assert.match((await here)[0], /^transport (close|error)$/);
        const buffered = ask(socket, "echo", "sent while away");
        assert.deepEqual(await event(socket, "auth"), [{ token: "kept" }]);
        assert.deepEqual(await buffered, ["sent while away"]);
        assert.notEqual(socket.id, first);
      });

  it("many times in a row loses nobody", async (t) => {
    // A client whose switch to WebSocket is cut may wait for the heartbeat to tell it.
    const proxy = await new Proxy(await restless(t)).start();
    t.after(() => proxy.stop());
    const sockets = Array.from({ length: 12 }, (_, i) => client(t, proxy, { mode: Object.keys(modes)[i % 3] })());
    for (let round = 0; round < 5; ++round) {
      await Promise.all(sockets.map((s) => s.connected || event(s, "connect"))); // whatever went wrong before that
      await delay(round * 10);
      proxy.cut();
    }
    // A client may still believe in a connection that is gone: its first question is lost then.
    const insist = (s, i) => ask(s, "echo", i).catch(() => ask(s, "echo", i));
    const answers = await Promise.all(sockets.map(insist));
    assert.deepEqual(answers, sockets.map((_, i) => [i]));
  });

  it("without a word ends by the heartbeat on both sides", async (t) => {
    const pinging = await restless(t);
    const proxy = await new Proxy(pinging).start();
    t.after(() => proxy.stop());
    const socket = client(t, proxy)();
    const observer = await withBystander(t, socket, pinging);
    const here = event(socket, "disconnect");
    const start = performance.now();
    const reason = await told(observer, socket.id, () => proxy.stall());
    assert.equal(reason, "ping timeout");
    assert.ok(performance.now() - start < 10_000);
    assert.equal((await here)[0], "ping timeout");
    proxy.resume();
    proxy.cut();
    assert.deepEqual(await ask(socket, "echo", "back"), ["back"]);
  });
});

describe("the server tells why", () => {
  const raw = async (t) => {
    const peer = await openWebSocket(app, { path: "/socket.io/", answerPings: true });
    t.after(() => peer.drop());
    peer.send("40");
    const id = JSON.parse((await peer.next()).slice(2)).sid;
    return { peer, id, observer: await ready(client(t, app)()) };
  };

  it("when a connection is closed properly", async (t) => {
    const { peer, id, observer } = await raw(t);
    assert.equal(await told(observer, id, () => peer.close()), "transport close");
  });

  it("when a connection breaks", async (t) => {
    const { peer, id, observer } = await raw(t);
    assert.match(await told(observer, id, () => peer.drop()), /^transport (close|error)$/);
  });

  for (const [name, frame] of [["garbage", "4garbage"], ["half an event", '42["x"'], ["an event elsewhere", '42/custom,["x"]']])
    it(`when it received ${name}`, async (t) => {
      const { peer, id, observer } = await raw(t);
      assert.match(await told(observer, id, () => peer.send(frame)), /^(parse error|forced close|transport error)$/);
      await peer.ended();
    });
});

describe("a server that stops", () => {
  matrix("gracefully is found again by its clients", () => ({ get url() { return restarting.url; } }), async ({ open, mode }) => {
    const socket = open();
    await settled(socket, mode);
    const here = event(socket, "disconnect");
    const stopped = restarting.stop();
    assert.match((await here)[0], /^transport (close|error)$/);
    assert.equal((await stopped).code, 0, restarting.output);
    restarting = await startApp({ port: restarting.port });
    assert.deepEqual(await ask(socket, "echo", "back"), ["back"]);
  });

  it("by a crash is found again by its clients", async (t) => {
    const sockets = Object.keys(modes).map((mode) => client(t, restarting, { mode })());
    await ready(...sockets);
    const ends = sockets.map((s) => event(s, "disconnect"));
    await restarting.stop({ signal: "SIGKILL" });
    for (const [reason] of await Promise.all(ends)) assert.match(reason, /^transport (close|error)$/);
    const buffered = sockets.map((s, i) => ask(s, "echo", i));
    restarting = await startApp({ port: restarting.port });
    assert.deepEqual(await Promise.all(buffered), [[0], [1], [2]]);
  });

  let restarting;
  before(async () => (restarting = await startApp()));
  after(() => restarting?.stop());
});

describe("the retries option", () => {
  for (const mode of Object.keys(modes))
    it(`repeats until the server acknowledges (${mode})`, async (t) => {
      const socket = client(t, app, { mode })("/", { retries: 3, ackTimeout: 1000 });
      const key = `retry-${mode}`;
      const times = await new Promise((resolve, reject) => {
        socket.emit("unreliable", key, (error, n) => (error ? reject(error) : resolve(n)));
      });
      assert.equal(times, 2);
    });

  it("keeps the order over a break", async (t) => {
    const proxy = await new Proxy(app).start();
    t.after(() => proxy.stop());
    const socket = client(t, proxy)("/", { retries: 5, ackTimeout: 1000 });
    await ready(socket);
    const answers = Array.from({ length: 20 }, (_, i) => new Promise((resolve, reject) => {
      socket.emit("echo", i, (error, n) => (error ? reject(error) : resolve(n)));
    }));
    await answers[5];
    proxy.cut();
    assert.deepEqual(await Promise.all(answers), Array.from({ length: 20 }, (_, i) => i));
  });
});

describe("what a client does not deliver while away", () => {
  matrix("are its volatile events", server, async ({ open }) => {
    const socket = open();
    socket.volatile.emit("echo", "before");
    const received = await until(socket, "echo-back", async () => {
      await ready(socket);
      await ask(socket, "echo", "after");
    });
    assert.deepEqual(received, [["after"]]);
  });
});

describe("an ack that will not come", () => {
  it("ends by the client's own timeout, the connection lives", async (t) => {
    const socket = client(t, app)();
    const [error] = await new Promise((resolve) => socket.timeout(100).emit("ticks", 0, (...args) => resolve(args)));
    assert.equal(error.message, "operation has timed out");
    const echoes = collect(socket, "echo-back", 1);
    assert.deepEqual(await ask(socket, "echo", 1), [1]);
    await echoes;
  });
});
