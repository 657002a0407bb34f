// The event rules and the names that docs/events.md shows do what it says: the page's own YAML is the configuration.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ask, client, event, it, ready } from "../support/clients.mjs";
import { startTroupe, tokenAuth } from "../support/servers.mjs";
import { token } from "../support/token.mjs";
import { root } from "../../support/troupe.mjs";

const page = readFileSync(path.join(root, "docs/events.md"), "utf8");
const [names, rules] = [...page.matchAll(/^```yaml\nevents:\n(.*?)^```/gms)].map(([, section]) => section);

const directory = mkdtempSync(path.join(tmpdir(), "troupe-rules-"));
const [config, log] = [path.join(directory, "troupe.yaml"), path.join(directory, "events.jsonl")];
let node;
before(async () => {
  writeFileSync(config, `events:\n${names}${rules}`);
  node = await startTroupe({ args: ["--config", config], set: { ...tokenAuth, "event_log.file": log } });
});
after(async () => {
  await node?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const call = async (socket, name, ...args) => (await ask(socket, name, ...args))[0];

/** A teacher and a pupil, both in `room`. */
async function lesson(t, room) {
  const open = client(t, node);
  const as = (userId, claims) => open("/", { auth: { token: token({ userId, ...claims }) } });
  const [teacher, pupil] = [as("tea", { role: "teacher", permissions: ["announce"] }), as("pup", { role: "user" })];
  await ready(teacher, pupil);
  for (const socket of [teacher, pupil]) assert.equal((await call(socket, "room:enter", room)).ok, true);
  return { teacher, pupil };
}

/** The record of the event log whose data says `mark`; it is written behind the answer. */
async function logged(mark) {
  for (let i = 0; i < 100; ++i, await delay(20)) {
    const line = readFileSync(log, "utf8").split("\n").find((l) => l.includes(mark));
    if (line) return JSON.parse(line);
  }
  throw new Error(`no record with ${mark}`);
}

describe("documented names", () => {
  it("take the place of the built-in ones", async (t) => {
    const { teacher, pupil } = await lesson(t, "names");
    for (const gone of ["join_room", "user_action"])
      assert.equal((await call(pupil, gone, "names")).error.code, "unknown_event");
    const heard = event(pupil, "chat");
    await call(teacher, "chat:message", { room: "names", message: "hi" });
    assert.equal((await heard)[0].message, "hi");
  });
});

describe("documented rules", () => {
  it("reaction: stamped, to the others in the room", async (t) => {
    const { teacher, pupil } = await lesson(t, "r1");
    const heard = event(teacher, "reaction");
    const answer = await call(pupil, "reaction", { room: "r1", emoji: "+1", messageId: "m", from: "tea", seq: -1 });
    const { ts, ...rest } = (await heard)[0];
    assert.deepEqual(rest, { room: "r1", emoji: "+1", messageId: "m", from: "pup", seq: answer.seq });
    assert.equal(ts, answer.ts);
    assert.equal((await call(pupil, "reaction", { room: "r1", emoji: "+1" })).error.code, "missing_field");
    assert.equal((await call(pupil, "reaction", { room: "other", emoji: "+1", messageId: "m" })).error.code, "not_in_room");
  });

  it("cursor: as it was sent", async (t) => {
    const { teacher, pupil } = await lesson(t, "board-1");
    const heard = event(teacher, "cursor");
    assert.equal((await call(pupil, "cursor", { board: "board-1" }, [10, 20])).ok, true);
    assert.deepEqual(await heard, [{ board: "board-1" }, [10, 20]]);
  });

  it("call:invite: to one user", async (t) => {
    const { teacher, pupil } = await lesson(t, "r2");
    const [heard, sent] = [event(teacher, "call:incoming"), event(pupil, "message:sent")];
    const answer = await call(pupil, "call:invite", { callee: "tea", sdp: "v=0" });
    const { ts, seq, ...rest } = (await heard)[0];
    assert.deepEqual(rest, { callee: "tea", sdp: "v=0", from: "pup", id: answer.id });
    assert.deepEqual(await sent, [{ id: answer.id, status: "delivered" }]);
    assert.ok(ts > 0 && seq > 0);
  });

  it("announce: by teachers, to everybody, recorded", async (t) => {
    const { teacher, pupil } = await lesson(t, "r3");
    const heard = [event(pupil, "announcement"), event(teacher, "announcement")];
    assert.deepEqual(await call(teacher, "announce", { text: "fire drill" }), { ok: true });
    for (const [{ text, from }] of await Promise.all(heard)) assert.deepEqual([text, from], ["fire drill", "tea"]);
    assert.equal((await call(pupil, "announce", { text: "party" })).error.code, "not_permitted");
    const record = await logged("fire drill");
    assert.deepEqual([record.event, record.userId, record.data], ["announce", "tea", { text: "fire drill" }]);
  });

  it("page_view: recorded only", async (t) => {
    const { pupil } = await lesson(t, "r4");
    assert.deepEqual(await call(pupil, "page_view", { path: "/home" }), { ok: true });
    assert.equal((await logged("/home")).userId, "pup");
    assert.equal((await call(pupil, "page_view", {})).error.code, "missing_field");
  });
});
