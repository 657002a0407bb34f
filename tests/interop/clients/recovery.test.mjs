// Clients that come back (docs/recovery.md): the official client behind a network that breaks, with nothing done for it.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { ask, client, event, it, modes, ready, versions } from "../support/clients.mjs";
import { Proxy } from "../support/proxy.mjs";
import { startTroupe } from "../support/servers.mjs";

let node;
const rules = `[{"name":"say","stamp":false,"include_sender":true},{"name":"back","to":"sender","stamp":false}]`;
before(async () => {
  node = await startTroupe({
    set: {
      "recovery.enabled": true, "rooms.history.enabled": true, "socketio.namespaces": '["/","/second"]', "recovery.namespaces": '["/","/second"]',
      "rooms.announce_max_members": 0, "events.rules": rules,
    },
  });
});
after(() => node?.stop());

const call = async (socket, name, ...args) => (await ask(socket, name, ...args))[0];
let names = 0;

/** A client behind a proxy of its own, in rooms, and one who talks there, not behind it. `got`: what came, in order, with room. */
async function scene(t, { mode = "websocket", rooms = 1, nsp = "/" } = {}) {
  const proxy = await new Proxy(node).start();
  t.after(() => proxy.stop());
  const prefix = `room-${++names}`;
  const list = Array.from({ length: rooms }, (_, i) => `${prefix}-${i}`);
  const listener = client(t, proxy, { mode })(nsp, { auth: { userId: `listener-${names}` } });
  const speaker = client(t, node)(nsp, { auth: { userId: `speaker-${names}` } });
  const got = [];
  listener.on("say", ({ room, n }) => got.push(`${room.slice(prefix.length + 1)}:${n}`));
  await ready(listener, speaker);
  for (const room of list) for (const one of [listener, speaker]) assert.equal((await call(one, "join_room", room)).ok, true);
  let sent = 0;
  const all = [];
  /** Says the next message in each room; done when the server has all. */
  const say = () =>
    Promise.all(list.map((room, i) => (all.push(`${i}:${++sent}`), call(speaker, "say", { room, n: sent })))).then(() => sent);
  /** Everything was heard, each once, in the order of its room. */
  const complete = async () => {
    const last = new Set(list.map((_, i) => all.filter((m) => m.startsWith(`${i}:`)).at(-1)));
    while (![...last].every((m) => got.includes(m))) await event(listener, "say");
    for (let i = 0; i < rooms; ++i) {
      const of = (some) => some.filter((m) => m.startsWith(`${i}:`));
      assert.deepEqual(of(got), of(all));
    }
  };
  return { proxy, listener, speaker, say, complete, got, all };
}

/**
 * Breaks the network until the client has noticed; resolves when it is back. A short break would not always be noticed: the HTTP
 * client of the polling transport repeats a request whose kept-alive connection was reset.
 */
async function cut(proxy, listener) {
  const back = event(listener, "connect");
  if (listener.connected) {
    const gone = event(listener, "disconnect");
    proxy.stall({ refuse: true });
    proxy.cut();
    await gone;
  }
  proxy.resume();
  await back;
}

describe("a client that comes back", () => {
  for (const mode of Object.keys(modes))
    it(`is the same socket and has missed nothing (${mode})`, async (t) => {
      const { proxy, listener, say, complete } = await scene(t, { mode });
      const { id } = listener;
      assert.equal(listener.recovered, false);
      await say();
      for (let round = 0; round < 3; ++round) {
        proxy.stall({ refuse: true });
        await say(), await say();
        await cut(proxy, listener);
        assert.equal(listener.recovered, true);
        assert.equal(listener.id, id);
        await say();
        await complete();
      }
    });

  for (const rooms of [5, 50])
    it(`in ${rooms} rooms, again and again while everybody talks`, async (t) => {
      const { proxy, listener, say, complete } = await scene(t, { rooms });
      const talking = new AbortController();
      const talk = (async () => {
        while (!talking.signal.aborted) await say();
      })();
      for (let round = 0; round < 10; ++round) {
        await cut(proxy, listener);
        assert.equal(listener.recovered, true, `round ${round}`);
        if (round % 2) await event(listener, "say"); // the others break while what was missed is on its way
      }
      talking.abort();
      await talk;
      await complete();
    });

  for (const [what, args] of [["an event that ends with a text", [{ a: 1 }, "text"]], ["an event without arguments", []]])
    it(`has heard ${what} last`, async (t) => {
      const { proxy, listener, say, got, all } = await scene(t);
      await say();
      const heard = event(listener, "back");
      listener.emit("back", ...args);
      assert.deepEqual((await heard).slice(0, args.length), args);
      proxy.stall({ refuse: true });
      await say();
      await cut(proxy, listener);
      assert.equal(listener.recovered, true);
      await say();
      while (!got.includes(all.at(-1))) await event(listener, "say");
      assert.deepEqual([...new Set(got)], all); // the first one perhaps twice: the text says less than an offset
    });

  it("has not heard anything before", async (t) => {
    const { proxy, listener, say, complete } = await scene(t);
    proxy.stall({ refuse: true });
    await say();
    await cut(proxy, listener);
    assert.equal(listener.recovered, true);
    await complete();
  });

  it("takes its session over from a connection that only it knows to be dead", async (t) => {
    const { proxy, listener, say, complete } = await scene(t);
    await say();
    const { id } = listener;
    proxy.stall(); // the server's side stays open and silent
    await say();
    const back = event(listener, "connect");
    listener.io.engine.transport.ws.terminate();
    proxy.resume();
    await back;
    assert.equal(listener.recovered, true);
    assert.equal(listener.id, id);
    await say();
    await complete();
  });

  it("gets binary, and its acknowledgements work", async (t) => {
    const { proxy, listener, speaker } = await scene(t);
    const room = `binary-${names}`;
    const got = [];
    listener.on("say", (m) => got.push(m));
    for (const one of [listener, speaker]) await call(one, "join_room", room);
    proxy.stall({ refuse: true });
    const blob = Buffer.from([1, 2, 3, 4, 0, 255]);
    await call(speaker, "say", { room, n: 1, blob });
    await cut(proxy, listener);
    assert.deepEqual(got.map((m) => m.blob), [blob]);
    assert.equal((await call(listener, "say", { room, n: 2 })).ok, true);
  });

  it("comes back in all its namespaces", async (t) => {
    const { proxy, listener, say, complete } = await scene(t);
    const second = listener.io.socket("/second", {});
    await ready(second);
    const talker = client(t, node)("/second");
    await ready(talker);
    const room = `second-${names}`;
    for (const one of [second, talker]) await call(one, "join_room", room);
    const heard = event(second, "say");
    proxy.stall({ refuse: true });
    await say();
    await call(talker, "say", { room, n: 7 });
    const ids = [listener.id, second.id];
    await Promise.all([cut(proxy, listener), event(second, "connect")]);
    assert.deepEqual([listener.id, second.id], ids);
    assert.deepEqual([listener.recovered, second.recovered], [true, true]);
    assert.equal((await heard)[0].n, 7);
    await complete();
  });

  it("is told why it could not have its session back", async (t) => {
    const { proxy, listener } = await scene(t);
    listener._pid = "AAAAAAAAAAAAAAAAAAAA"; // as after a window that is over
    const why = event(listener, "session:not_recovered");
    await cut(proxy, listener);
    assert.equal(listener.recovered, false);
    assert.equal((await why)[0].code, "session_unknown");
  });

  it("does not come back after a goodbye", async (t) => {
    const { listener } = await scene(t);
    const { id } = listener;
    listener.disconnect();
    listener.connect();
    await ready(listener);
    assert.equal(listener.recovered, false);
    assert.notEqual(listener.id, id);
  });

  it("of a version that knows nothing of this goes on as ever (4.5.0)", async (t) => {
    const old = client(t, node, { io: versions["4.5.0"] })();
    await ready(old);
    const room = `old-${++names}`;
    await call(old, "join_room", room);
    const heard = event(old, "say");
    await call(old, "say", { room, n: 1 });
    assert.equal((await heard)[0].n, 1);
  });
});
