// Limits of events and rooms, each at its limit and one beyond: what the client is told, and that it may go on.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { ask, client, event, it, matrix, ready } from "../support/clients.mjs";
import { startTroupe } from "../support/servers.mjs";

function suite(name, set, body) {
  describe(name, () => {
    let node;
    before(async () => (node = await startTroupe({ set })));
    after(() => node?.stop());
    body(() => node);
  });
}

const call = async (socket, name, ...args) => (await ask(socket, name, ...args))[0];
const code = async (...args) => (await call(...args)).error?.code;

suite("limits.events_per_minute", { "limits.events_per_minute": 20 }, (node) => {
  matrix("refuses the next event and says so", node, async ({ open }) => {
    const socket = await ready(open());
    const start = performance.now();
    let served = 0;
    while ((await code(socket, "room:members", "x")) !== "rate_limited") ++served;
    const later = Math.ceil((performance.now() - start) / 3000); // one more event every 3 s
    assert.ok(served >= 20 && served <= 20 + later, `${served} events`);
    const told = event(socket, "error");
    for (let i = 0; i <= later; ++i) socket.emit("room:members", "x");
    const [{ ok, error }] = await told;
    assert.deepEqual([ok, error.code], [false, "rate_limited"]);
    assert.ok(socket.connected);
  });

  it("counts each connection alone and forgets with time", async (t) => {
    const open = client(t, node());
    const [a, b] = [await ready(open()), await ready(open())];
    while ((await code(a, "room:members", "x")) !== "rate_limited");
    assert.notEqual(await code(b, "room:members", "x"), "rate_limited");
    const start = performance.now();
    while ((await code(a, "room:members", "x")) === "rate_limited") {
      assert.ok(performance.now() - start < 20_000, "one event every 3 s");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
});

suite("limits.max_rooms_per_connection", { "limits.max_rooms_per_connection": 3 }, (node) => {
  matrix("refuses the next room until one is left", node, async ({ open }) => {
    const socket = await ready(open());
    for (const room of ["a", "b", "c"]) assert.equal((await call(socket, "join_room", room)).ok, true);
    assert.equal(await code(socket, "join_room", "d"), "too_many_rooms");
    assert.equal((await call(socket, "join_room", "a")).ok, true, "it is in there");
    await call(socket, "leave_room", "a");
    assert.equal((await call(socket, "join_room", "d")).ok, true);
  });
});

suite("limits.max_room_members", { "limits.max_room_members": 2 }, (node) => {
  it("refuses the next member until one has left", async (t) => {
    const open = client(t, node());
    const [a, b, c] = [open(), open(), open()];
    await ready(a, b, c);
    for (const s of [a, b]) assert.equal((await call(s, "join_room", "r")).ok, true);
    assert.equal(await code(c, "join_room", "r"), "room_full");
    const left = event(b, "room_left");
    a.disconnect();
    await left;
    assert.equal((await call(c, "join_room", "r")).ok, true);
  });
});

suite("limits.max_rooms", { "limits.max_rooms": 2, "rooms.idle_timeout_ms": 100 }, (node) => {
  it("refuses a new room until an old one is forgotten", async (t) => {
    const socket = await ready(client(t, node())());
    for (const room of ["a", "b"]) assert.equal((await call(socket, "join_room", room)).ok, true);
    assert.equal(await code(socket, "join_room", "c"), "room_limit");
    await call(socket, "leave_room", "a");
    const start = performance.now();
    while ((await code(socket, "join_room", "c")) === "room_limit") assert.ok(performance.now() - start < 20_000);
  });
});

suite("limits.max_watched_users", { "limits.max_watched_users": 3 }, (node) => {
  it("refuses one more until one is dropped", async (t) => {
    const socket = await ready(client(t, node())());
    assert.equal((await call(socket, "presence:subscribe", ["a", "b", "c"])).ok, true);
    assert.equal(await code(socket, "presence:subscribe", ["d"]), "too_many_watched_users");
    assert.equal((await call(socket, "presence:subscribe", ["a"])).ok, true);
    await call(socket, "presence:unsubscribe", ["a"]);
    assert.equal((await call(socket, "presence:subscribe", ["d"])).ok, true);
  });
});

suite("limits.max_room_name_bytes", { "limits.max_room_name_bytes": 10 }, (node) => {
  it("refuses longer names, counted in bytes", async (t) => {
    const socket = await ready(client(t, node())());
    assert.equal((await call(socket, "join_room", "x".repeat(10))).ok, true);
    assert.equal(await code(socket, "join_room", "x".repeat(11)), "name_too_long");
    assert.equal(await code(socket, "join_room", "é".repeat(6)), "name_too_long");
  });
});

suite("limits.max_namespaces_per_connection", { "limits.max_namespaces_per_connection": 2, "socketio.namespaces": '["/","/n*"]' }, (node) => {
  matrix("refuses the next namespace with data", node, async ({ open }) => {
    const main = open();
    const [one, two] = ["/n1", "/n2"].map((nsp) => main.io.socket(nsp));
    const [error] = await event(two, "connect_error");
    assert.equal(error.data.code, "namespace_limit");
    await ready(main, one);
    assert.equal((await call(one, "join_room", "r")).ok, true);
  });
});

suite("limits.max_connections", { "limits.max_connections": 2, "limits.connection_queue": 0 }, (node) => {
  matrix("turns the next client away until a place is free", node, async ({ open }) => {
    const [a, b] = [open(), open()];
    await Promise.all([a, b].map((s) => event(s, "connect"))); // those of the test before may still be there
    const third = open();
    await event(third, "connect_error");
    a.disconnect();
    a.io.disconnect();
    await event(third, "connect"); // by its own retries
    assert.equal((await call(third, "join_room", "r")).ok, true);
  });
});

suite("event rules", {
  "events.rules": JSON.stringify([
    { name: "reaction", require: ["emoji"] },
    { name: "cursor", target_field: "board", volatile: true, stamp: false },
    { name: "call:invite", to: "user", target_field: "callee", emit: "call:incoming", require: ["sdp"] },
    { name: "announce", roles: ["teacher"], to: "namespace", emit: "announcement", include_sender: true },
    { name: "mirror", to: "sender", emit: "mirrored", stamp: false },
  ]),
  "events.names": '{"join_room": "room:enter", "user_action": ""}',
}, (node) => {
  matrix("add events without a program", node, async ({ open, version, mode }) => {
    const [ann, bob] = [`ann-${version}-${mode}`, `bob-${version}-${mode}`];
    const [a, b] = [open("/", { auth: { userId: ann } }), open("/", { auth: { userId: bob } })];
    const room = `r-${version}-${mode}`;
    for (const s of [a, b]) assert.equal((await call(s, "room:enter", room)).ok, true);
    assert.equal(await code(a, "join_room", room), "unknown_event", "it has another name here");
    assert.equal(await code(a, "user_action", { action: "x" }), "unknown_event", "it is off");

    let heard = event(b, "reaction");
    assert.equal((await call(a, "reaction", { room, emoji: "+1", from: "forged" })).ok, true);
    const [reaction] = await heard;
    assert.deepEqual([reaction.emoji, reaction.from, typeof reaction.ts, typeof reaction.seq], ["+1", ann, "number", "number"]);
    assert.equal(await code(a, "reaction", { room }), "missing_field");

    heard = event(b, "call:incoming");
    assert.equal((await call(a, "call:invite", { callee: bob, sdp: "v=0" })).status, "delivered");
    assert.equal((await heard)[0].sdp, "v=0");

    heard = event(a, "mirrored");
    a.emit("mirror", 1, { x: Buffer.from([5]) });
    const [one, { x }] = await heard;
    assert.deepEqual([one, [...x]], [1, [5]]);
    assert.equal(await code(a, "announce", { text: "x" }), "not_permitted");
  });
});
