// Tokens: who gets in, who does not and why, and what a role allows.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { ask, client, event, it, matrix, ready } from "../support/clients.mjs";
import { secret, startTroupe, tokenAuth } from "../support/servers.mjs";
import { token } from "../support/token.mjs";
import { troupe } from "../../support/troupe.mjs";

let node;
before(async () => (node = await startTroupe({ set: { ...tokenAuth, "auth.jwt.leeway_s": 0 } })));
after(() => node?.stop());
const server = () => node;
const call = async (socket, name, ...args) => (await ask(socket, name, ...args))[0];

describe("a good token", () => {
  matrix("lets its user in", server, async ({ open }) => {
    const a = await ready(open("/", { auth: { token: token({ userId: "ann" }) } }));
    await call(a, "join_room", "r");
    const { members } = await call(a, "room:members", "r");
    assert.ok(members.some((m) => m.userId === "ann" && m.socketId === a.id));
  });

  it("may come in the Authorization header", async (t) => {
    const open = client(t, node, { mode: "polling" });
    const a = await ready(open("/", { extraHeaders: { Authorization: `Bearer ${token({ sub: "header-user" })}` } }));
    await call(a, "join_room", "h");
    assert.equal((await call(a, "room:members", "h")).members[0].userId, "header-user");
  });

  it("may be made by the program itself", async (t) => {
    const made = await troupe(["token", "--user", "cli-user", "--set", `auth.jwt.secret=${secret}`]);
    await ready(client(t, node)("/", { auth: { token: made } }));
  });

  it("counts more than what a client says of itself", async (t) => {
    const a = await ready(client(t, node)("/", { auth: { token: token({ userId: "ann" }), userId: "root" } }));
    await call(a, "join_room", "x");
    assert.equal((await call(a, "room:members", "x")).members[0].userId, "ann");
  });
});

describe("a bad token", () => {
  const past = Math.floor(Date.now() / 1000) - 60;
  const none = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${Buffer.from('{"userId":"x"}').toString("base64url")}.`;
  const cases = {
    "is missing": [{}, "unauthorized"],
    "is no token": [{ token: "abc" }, /^(unauthorized|invalid_auth)$/],
    "is a number": [{ token: 7 }, "invalid_auth"],
    "has another signature": [{ token: token({ userId: "x" }, { key: "another-secret-another-secret-another" }) }, "unauthorized"],
    "has no signature": [{ token: none }, /^(unauthorized|invalid_auth)$/],
    "names no user": [{ token: token({ role: "user" }) }, "unauthorized"],
    "is over": [{ token: token({ userId: "x", exp: past }) }, "token_expired"],
    "is for later": [{ token: token({ userId: "x", nbf: past + 3600 }) }, "unauthorized"],
    "was changed": [{ token: token({ userId: "x" }).replace(/\.[^.]+\./, `.${Buffer.from('{"userId":"root"}').toString("base64url")}.`) }, "unauthorized"],
  };
  for (const [name, [auth, code]] of Object.entries(cases))
    matrix(name, server, async ({ open }) => {
      const socket = open("/", { auth });
      const [error] = await event(socket, "connect_error");
      typeof code === "string" ? assert.equal(error.data?.code, code) : assert.match(error.data.code, code);
      assert.ok(error.message.length > 10);
      assert.equal(socket.active, false);
      socket.auth = { token: token({ userId: "second-try" }) };
      socket.connect();
      await ready(socket);
    });
});

describe("a token that ends while connected", () => {
  it("ends its connection, with a word before", async (t) => {
    const exp = Math.floor(Date.now() / 1000) + 4;
    const a = await ready(client(t, node)("/", { auth: { token: token({ userId: "short", exp }) } }));
    const told = event(a, "error");
    const [reason] = await event(a, "disconnect");
    assert.equal(reason, "io server disconnect");
    const [{ error }] = await told;
    assert.equal(error.code, "token_expired");
  });
});

describe("the role producer", () => {
  matrix("may publish into rooms", server, async ({ open }) => {
    const reader = await ready(open("/", { auth: { token: token({ userId: "reader" }) } }));
    const producer = await ready(open("/", { auth: { token: token({ userId: "webhook", role: "producer" }) } }));
    const room = `conversation-${reader.id}`;
    await call(reader, "join_room", room);
    for (const [name, data] of [["chat", { text: "hi", n: 1.5 }], ["notification", "plain"], ["system", { bytes: Buffer.from([1]) }]]) {
      const heard = event(reader, name);
      const answer = await call(producer, "publish", { room, event: name, data, id: `${room}-${name}` });
      assert.deepEqual([answer.ok, answer.room, answer.id], [true, room, `${room}-${name}`]);
      const [received] = await heard;
      if (received.bytes) assert.deepEqual([...received.bytes], [1]);
      else assert.deepEqual(received, data);
      assert.equal((await call(producer, "publish", { room, event: name, data, id: `${room}-${name}` })).seq, answer.seq);
    }
    for (const event of ["connect", "disconnect", "newListener"])
      assert.equal((await call(producer, "publish", { room, event, data: 1 })).error.code, "reserved_event");
    assert.equal((await call(reader, "publish", { room, event: "chat", data: 1 })).error.code, "not_permitted");
  });
});

describe("permissions for rooms", () => {
  it("limit where a token may go", async (t) => {
    const a = await ready(client(t, node)("/", { auth: { token: token({ userId: "ann", permissions: ["room:lobby", "room:team-1-*"] }) } }));
    for (const room of ["lobby", "team-1-a"]) assert.equal((await call(a, "join_room", room)).ok, true);
    for (const room of ["lobby2", "team-2-a"]) assert.equal((await call(a, "join_room", room)).error.code, "not_permitted");
    const admin = await ready(client(t, node)("/", { auth: { token: token({ userId: "root", roles: ["admin"], permissions: ["room:lobby"] }) } }));
    assert.equal((await call(admin, "join_room", "anywhere")).ok, true);
  });
});
