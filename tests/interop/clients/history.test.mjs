// The event `history` (docs/events.md) and its twin over HTTP.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { ask, client, it, modes, ready } from "../support/clients.mjs";
import { startTroupe } from "../support/servers.mjs";

let node;
const rules = `[{"name":"say","stamp":false,"include_sender":true}]`;
const key = "key-of-the-history-tests";
before(async () => {
  node = await startTroupe({
    set: { "rooms.history.enabled": true, "rooms.announce_max_members": 0, "events.rules": rules, "auth.api_keys": `["${key}"]`, "rooms.history.page_messages": 4 },
  });
});
after(() => node?.stop());

const call = async (socket, name, ...args) => (await ask(socket, name, ...args))[0];
const texts = ({ messages }) => messages.map(({ args }) => args[0].n);
let rooms = 0;

/** A room in which ten messages were said, and a client who comes then. */
async function late(t, mode, message = (n) => ({ n })) {
  const room = `late-${++rooms}`;
  const speaker = client(t, node)("/", { auth: { userId: "speaker" } });
  await ready(speaker);
  await call(speaker, "join_room", room);
  for (let n = 1; n <= 10; ++n) assert.equal((await call(speaker, "say", { room, ...message(n) })).ok, true);
  const socket = client(t, node, { mode })("/", { auth: { userId: "late" } });
  await ready(socket);
  assert.equal((await call(socket, "history", { room })).error.code, "not_in_room");
  await call(socket, "join_room", room);
  return { room, socket };
}

describe("a client that comes late", () => {
  for (const mode of Object.keys(modes))
    it(`reads back to the beginning, page by page (${mode})`, async (t) => {
      const { room, socket } = await late(t, mode);
      let page = await call(socket, "history", { room });
      const all = [...texts(page)];
      assert.deepEqual(all, [7, 8, 9, 10]);
      assert.equal(page.messages[0].event, "say");
      assert.equal(page.messages[0].from, "speaker");
      assert.ok(page.messages[0].ts > 1_600_000_000_000);
      while (page.more) {
        page = await call(socket, "history", { room, before: page.messages[0], limit: 3 });
        all.unshift(...texts(page));
      }
      assert.deepEqual(all, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      const onwards = await call(socket, "history", { room, after: { epoch: page.messages[0].epoch, seq: 5 }, limit: 2 });
      assert.deepEqual([texts(onwards), onwards.more], [[6, 7], true]);
    });

  it("gets binary values as they were said", async (t) => {
    const { room, socket } = await late(t, "websocket", (n) => ({ n, blob: Buffer.from([n, 0, 255]), again: { deep: Buffer.from(`b${n}`) } }));
    const { messages } = await call(socket, "history", { room, limit: 3 });
    assert.deepEqual(messages.map(({ args }) => [...args[0].blob]), [[8, 0, 255], [9, 0, 255], [10, 0, 255]]);
    assert.deepEqual(messages.map(({ args }) => args[0].again.deep.toString()), ["b8", "b9", "b10"]);
  });
});

describe("a back end", () => {
  const get = async (path) => {
    const answer = await fetch(`${node.url}/api/v1/rooms/${path}`, { headers: { authorization: `Bearer ${key}` } });
    return { status: answer.status, ...(await answer.json()) };
  };

  it("reads the same over HTTP", async (t) => {
    const { room } = await late(t, "websocket");
    const newest = await get(`${room}/messages?limit=2`);
    assert.deepEqual([newest.status, texts(newest), newest.more], [200, [9, 10], true]);
    const { epoch, seq } = newest.messages[0];
    assert.deepEqual(texts(await get(`${room}/messages?before=${epoch}-${seq}`)), [5, 6, 7, 8]);
    assert.deepEqual(texts(await get(`${room}/messages?after=${epoch}-8`)), [9, 10]);
    assert.deepEqual((await get("nobody-was-here/messages")).messages, []);
  });

  it("finds binary values as base64", async (t) => {
    const { room } = await late(t, "websocket", (n) => ({ n, blob: Buffer.from([n]) }));
    const [last] = (await get(`${room}/messages?limit=1`)).messages;
    assert.deepEqual(last.args[0].blob, { _placeholder: true, num: 0 });
    assert.deepEqual(last.attachments, [Buffer.from([10]).toString("base64")]);
  });

  it("is told what is wrong", async () => {
    for (const query of ["before=x", "before=1", "after=1-x", "before=1-2&after=1-2", "limit=0"]) {
      const { status, error } = await get(`r/messages?${query}`);
      assert.equal(status, 400, query);
      assert.match(error.code, /invalid_(payload|limit)/);
    }
  });
});
