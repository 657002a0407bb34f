// The events that a node serves by itself (docs/events.md), used by official clients over every transport.
import assert from "node:assert/strict";
import { readFileSync, rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ask, client, collect, event, it, matrix, ready, until } from "../support/clients.mjs";
import { startTroupe } from "../support/servers.mjs";

const directory = mkdtempSync(path.join(tmpdir(), "troupe-interop-"));
const log = path.join(directory, "events.jsonl");
let node;
before(async () => {
  node = await startTroupe({
    set: { "typing.timeout_ms": 1000, "presence.offline_delay_ms": 1000, "offline.max_messages": 3, "documents.max_changes_bytes": 1000, "event_log.file": log },
  });
});
after(async () => {
  await node?.stop();
  rmSync(directory, { recursive: true, force: true });
});
const server = () => node;

let names = 0;
/** A name that no other test uses. */
const fresh = (kind) => `${kind}-${++names}`;

/** The single answer object of an event. */
const call = async (socket, name, ...args) => (await ask(socket, name, ...args))[0];

/** The answer must be a refusal with this code and a sentence. */
async function refused(code, socket, name, ...args) {
  const answer = await call(socket, name, ...args);
  assert.equal(answer.ok, false, JSON.stringify(answer));
  assert.equal(answer.error.code, code, JSON.stringify(answer));
  assert.ok(answer.error.message.length > 10);
  return answer.error;
}

/** Two users in a room. */
async function pair(open) {
  const [ann, bob] = [fresh("ann"), fresh("bob")];
  const [a, b] = [open("/", { auth: { userId: ann } }), open("/", { auth: { userId: bob } })];
  const room = fresh("room");
  await ready(a, b);
  assert.deepEqual(await call(a, "join_room", room), { ok: true, room, members: 1 });
  assert.deepEqual(await call(b, "join_room", room), { ok: true, room, members: 2 });
  return { a, b, ann, bob, room };
}

const recent = (ts) => assert.ok(Math.abs(Date.now() - ts) < 60_000, `${ts}`);

describe("rooms", () => {
  matrix("announce who comes and goes", server, async ({ open }) => {
    const room = fresh("room");
    const [a, b] = [open("/", { auth: { userId: "ann" } }), open("/", { auth: { userId: "bob" } })];
    await ready(a, b);
    await call(a, "join_room", { room });
    const came = event(a, "room_joined");
    await call(b, "join_room", { roomId: room });
    assert.deepEqual(await came, [{ room, userId: "bob", socketId: b.id }]);
    const { members, count } = await call(a, "room:members", room);
    assert.equal(count, 2);
    assert.deepEqual(members.map((m) => m.userId).sort(), ["ann", "bob"]);
    const went = event(a, "room_left");
    assert.deepEqual(await call(b, "leave_room", room), { ok: true, room });
    assert.deepEqual(await went, [{ room, userId: "bob", socketId: b.id }]);
    const again = event(a, "room_left");
    await call(b, "join_room", room);
    b.disconnect();
    assert.equal((await again)[0].userId, "bob");
  });

  it("may be joined twice and left without having been joined", async (t) => {
    const { a, room } = await pair(client(t, node));
    assert.deepEqual(await call(a, "join_room", room), { ok: true, room, members: 2 });
    assert.deepEqual(await call(a, "leave_room", fresh("room")), { ok: true, room: `room-${names}` });
  });

  it("refuse what is no name, and strangers", async (t) => {
    const { a } = await pair(client(t, node));
    await refused("missing_field", a, "join_room");
    await refused("missing_field", a, "join_room", {});
    for (const wrong of ["", null, true, 1.5, [], { room: {} }, "a\u0000b"]) await refused("invalid_payload", a, "join_room", wrong);
    await refused("name_too_long", a, "join_room", "x".repeat(256));
    assert.equal((await call(a, "join_room", "é".repeat(127))).ok, true);
    assert.equal((await call(a, "join_room", 17)).room, "17");
    await refused("not_in_room", a, "room:members", fresh("room"));
  });

  it("do not open another connection's own room", async (t) => {
    const { a, b } = await pair(client(t, node));
    await refused("not_permitted", a, "join_room", b.id);
  });
});

describe("messages to a room", () => {
  matrix("arrive in order, numbered, and are confirmed", server, async ({ open }) => {
    const { a, b, ann, room } = await pair(open);
    const received = collect(b, "message:new", 20);
    const confirmed = collect(a, "message:sent", 20);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => call(a, "message:send", { room, content: { i, text: "é" }, id: `${room}-${i}` })),
    );
    const base = answers[0].seq;
    answers.forEach((answer, i) => {
      recent(answer.ts);
      assert.deepEqual({ ...answer, ts: 0 }, { ok: true, id: `${room}-${i}`, room, seq: base + i, ts: 0 });
    });
    (await received).forEach(([message], i) => {
      recent(message.ts);
      assert.deepEqual({ ...message, ts: 0 }, { id: `${room}-${i}`, from: ann, room, content: { i, text: "é" }, ts: 0, seq: base + i });
    });
    assert.deepEqual((await confirmed).map(([c]) => c), answers.map(({ id }) => ({ id, status: "sent" })));
  });

  matrix("may carry binary", server, async ({ open }) => {
    const { a, b, room } = await pair(open);
    const heard = event(b, "message:new");
    await call(a, "message:send", { room, content: { file: Buffer.from([1, 2, 3]), name: "x" } });
    const [message] = await heard;
    assert.deepEqual([...Buffer.from(message.content.file)], [1, 2, 3]);
    assert.equal(message.content.name, "x");
  });

  it("sent twice under one id are shown once", async (t) => {
    const { a, b, room } = await pair(client(t, node));
    const message = { room, content: "once", id: fresh("id") };
    const seen = await until(b, "message:new", async () => {
      const first = await call(a, "message:send", message);
      const second = await call(a, "message:send", message);
      assert.deepEqual(second, first);
      await call(b, "room:members", room);
    });
    assert.equal(seen.length, 1);
  });

  it("are for members only", async (t) => {
    const { a, b } = await pair(client(t, node));
    const elsewhere = fresh("room");
    await call(b, "join_room", elsewhere);
    await refused("not_in_room", a, "message:send", { room: elsewhere, content: "x" });
    await refused("not_in_room", a, "chat:message", { room: elsewhere, message: "x" });
    await refused("not_in_room", a, "typing", { room: elsewhere, typing: true });
  });

  it("must be complete", async (t) => {
    const { a, b, bob, room } = await pair(client(t, node));
    await refused("missing_field", a, "message:send", { content: "x" });
    await refused("missing_field", a, "message:send", { room });
    await refused("invalid_payload", a, "message:send", { room, to: bob, content: "x" });
    await refused("invalid_payload", a, "message:send", "text");
    await refused("name_too_long", a, "message:send", { room, content: "x", id: "i".repeat(129) });
    const complaint = event(b, "error");
    b.emit("message:send", { content: "x" });
    const [{ ok, error }] = await complaint;
    assert.deepEqual([ok, error.code], [false, "missing_field"], "without an ack the error comes as an event");
  });
});

describe("chat:message", () => {
  matrix("reaches the others", server, async ({ open }) => {
    const { a, b, ann, room } = await pair(open);
    const heard = event(b, "new_message");
    const answer = await call(a, "chat:message", { room, message: "hi" });
    assert.equal(answer.ok, true);
    const [message] = await heard;
    recent(message.timestamp);
    assert.deepEqual({ ...message, timestamp: 0, ts: 0 }, { from: ann, room, message: "hi", timestamp: 0, ts: 0, seq: answer.seq });
  });
});

describe("messages to a user", () => {
  matrix("reach every connection of the user", server, async ({ open }) => {
    const { a, b, ann, bob } = await pair(open);
    const second = await ready(open("/", { auth: { userId: bob } }));
    const heard = [event(b, "message:new"), event(second, "message:new")];
    const sent = event(a, "message:sent");
    const answer = await call(a, "message:send", { to: bob, content: [1, 2] });
    assert.deepEqual([answer.ok, answer.status], [true, "delivered"]);
    for (const [message] of await Promise.all(heard)) {
      recent(message.ts);
      assert.deepEqual([message.id, message.from, message.to, message.content], [answer.id, ann, bob, [1, 2]]);
    }
    assert.deepEqual(await sent, [{ id: answer.id, status: "delivered" }]);
  });

  it("wait for a user who is away, the oldest leave", async (t) => {
    const open = client(t, node);
    const a = await ready(open());
    const user = fresh("user");
    for (let i = 0; i < 5; ++i) assert.equal((await call(a, "message:send", { to: user, content: i })).status, "queued");
    const b = open("/", { auth: { userId: user } });
    const received = await collect(b, "message:new", 3);
    assert.deepEqual(received.map(([m]) => m.content), [2, 3, 4]);
    const c = open("/", { auth: { userId: user } });
    assert.deepEqual(await until(c, "message:new", async () => (await ready(c), await call(c, "room:members", "x"))), [], "only once");
  });
});

describe("typing", () => {
  matrix("starts, stops, and ends by itself", server, async ({ open }) => {
    const { a, b, ann, room } = await pair(open);
    const shown = (typing) => [{ room, userId: ann, typing }];
    let heard = event(b, "typing");
    assert.deepEqual(await call(a, "typing", { room, typing: true }), { ok: true });
    assert.deepEqual(await heard, shown(true));
    heard = event(b, "typing");
    await call(a, "typing", { room, typing: false });
    assert.deepEqual(await heard, shown(false));
    heard = collect(b, "typing", 2);
    const start = performance.now();
    await call(a, "typing", { room });
    assert.deepEqual(await heard, [shown(true), shown(false)]);
    assert.ok(performance.now() - start > 800);
  });

  it("ends when the connection does, and is not repeated", async (t) => {
    const { a, b, ann, room } = await pair(client(t, node));
    const heard = collect(b, "typing", 2);
    await call(a, "typing", { room, typing: true });
    await call(a, "typing", { room, typing: true });
    a.disconnect();
    assert.deepEqual((await heard).map(([x]) => [x.userId, x.typing]), [[ann, true], [ann, false]]);
  });
});

describe("presence", () => {
  matrix("tells states now and changes later", server, async ({ open }) => {
    const [user, never] = [fresh("user"), fresh("user")];
    const watcher = open();
    const first = await ready(open("/", { auth: { userId: user } }));
    const { ok, users } = await call(watcher, "presence:subscribe", [user, never]);
    assert.equal(ok, true);
    const state = Object.fromEntries(users.map((u) => [u.userId, u]));
    assert.equal(state[user].status, "online");
    assert.deepEqual(state[never], { userId: never, status: "offline", lastSeen: null });

    const away = event(watcher, "presence:update");
    assert.deepEqual(await call(first, "presence:status", "away"), { ok: true });
    assert.deepEqual([(await away)[0].userId, (await away)[0].status], [user, "away"]);

    const offline = event(watcher, "user_offline");
    const left = event(watcher, "presence:update");
    first.disconnect();
    const [gone] = await offline;
    assert.equal(gone.userId, user);
    recent(gone.lastSeen);
    assert.equal((await left)[0].status, "offline");

    const online = event(watcher, "user_online");
    const back = event(watcher, "presence:update");
    await ready(open("/", { auth: { userId: user } }));
    assert.deepEqual(await online, [{ userId: user }]);
    assert.equal((await back)[0].status, "online");
  });

  it("does not flicker when a page is loaded again", async (t) => {
    const open = client(t, node);
    const user = fresh("user");
    const watcher = open();
    const first = await ready(open("/", { auth: { userId: user } }));
    await call(watcher, "presence:subscribe", user);
    const changes = await until(watcher, "presence:update", async () => {
      first.disconnect();
      await ready(open("/", { auth: { userId: user } }));
      await delay(1500); // longer than presence.offline_delay_ms
      await call(watcher, "room:members", "x");
    });
    assert.deepEqual(changes, []);
  });

  it("ends with unsubscribing", async (t) => {
    const open = client(t, node);
    const user = fresh("user");
    const watcher = open();
    await call(watcher, "presence:subscribe", [user]);
    assert.deepEqual(await call(watcher, "presence:unsubscribe", [user]), { ok: true });
    const heard = await until(watcher, "user_online", async () => {
      await ready(open("/", { auth: { userId: user } }));
      await call(watcher, "room:members", "x");
    });
    assert.deepEqual(heard, []);
    await refused("invalid_payload", watcher, "presence:status", "offline");
    await refused("invalid_payload", watcher, "presence:subscribe", [1.5]);
  });
});

describe("documents", () => {
  matrix("count versions and refuse what is late", server, async ({ open }) => {
    const documentId = fresh("doc");
    const [a, b] = [open("/", { auth: { userId: "ann" } }), open("/", { auth: { userId: "bob" } })];
    await ready(a, b);
    await refused("not_in_room", a, "document_update", { documentId, changes: 1, version: 7 });
    for (const s of [a, b]) await call(s, "join_room", `document:${documentId}`);
    const heard = event(b, "document_update");
    assert.deepEqual(await call(a, "document_update", { documentId, changes: { insert: "x" }, version: 7 }), { ok: true, documentId, version: 8 });
    assert.deepEqual(await heard, [{ documentId, userId: "ann", changes: { insert: "x" }, version: 8 }]);
    const late = await refused("version_conflict", b, "document_update", { documentId, changes: 2, version: 7 });
    assert.equal(late.version, 8);
    assert.equal((await call(b, "document_update", { documentId, changes: 2, version: 8 })).version, 9);
    await refused("payload_too_large", b, "document_update", { documentId, changes: "x".repeat(1001), version: 9 });
    await refused("missing_field", b, "document_update", { documentId, version: 9 });
  });

  it("let exactly one of two win", async (t) => {
    const open = client(t, node);
    const documentId = fresh("doc");
    const sockets = [open(), open(), open()];
    for (const s of sockets) await call(s, "join_room", `document:${documentId}`);
    for (let version = 0; version < 10; ++version) {
      const answers = await Promise.all(sockets.map((s, i) => call(s, "document_update", { documentId, changes: i, version })));
      assert.equal(answers.filter((a) => a.ok).length, 1);
      for (const { error } of answers.filter((a) => !a.ok)) assert.deepEqual([error.code, error.version], ["version_conflict", version + 1]);
    }
  });
});

describe("the event log", () => {
  matrix("records user_action and tells nobody", server, async ({ open }) => {
    const { a, ann } = await pair(open);
    const action = fresh("action");
    assert.deepEqual(await call(a, "user_action", { action, n: 1 }), { ok: true });
    let line;
    for (let i = 0; i < 100 && !line; ++i) {
      line = readFileSync(log, "utf8").split("\n").find((l) => l.includes(action));
      if (!line) await delay(20); // it is written behind the answer
    }
    const record = JSON.parse(line);
    recent(record.ts);
    assert.deepEqual([record.event, record.userId, record.socketId, record.nsp, record.data], ["user_action", ann, a.id, "/", { action, n: 1 }]);
  });
});

describe("what there is not", () => {
  matrix("is said to who asks, and nothing to others", server, async ({ open }) => {
    const { a } = await pair(open);
    await refused("unknown_event", a, "no_such_event", 1);
    await refused("not_permitted", a, "publish", { room: "r", event: "chat", data: 1 });
    const errors = await until(a, "error", async () => {
      a.emit("no_such_event");
      await call(a, "room:members", "x");
    });
    assert.deepEqual(errors, []);
  });
});
