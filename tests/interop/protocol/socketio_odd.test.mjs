// Socket.IO v5: what a client must not send ends its connection, and only its own.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { request } from "../support/http.mjs";
import { it } from "../support/patient.mjs";
import { openPolling } from "../support/polling.mjs";
import { startEcho } from "../support/servers.mjs";
import { connected, openSocketIo, stillAlive } from "../support/socketio.mjs";

let server;
let bystander;
before(async () => {
  server = await startEcho();
  bystander = await connected(server);
});
after(() => server?.stop());

const place = (num) => `{"_placeholder":true,"num":${num}}`;
const bytes = Buffer.from([1, 2, 3]);

/** These frames must end the session well before a ping timeout could, without an answer. */
async function fatal(peer, frames) {
  peer.send(...frames);
  await peer.ended({ timeout: 200 });
  assert.deepEqual(peer.frames.filter((f) => f !== "2"), []);
  const answer = await request(server, `/socket.io/?EIO=4&transport=polling&sid=${peer.sid}`);
  assert.match(answer.text, /"code":1,/, "the session is gone");
}

describe("on a connection that has joined /", () => {
  const cases = {
    "a second CONNECT": ["40"],
    "an event for a namespace not joined": ['42/custom,["message"]'],
    "a DISCONNECT of a namespace not joined": ["41/custom,"],
    "an ack for a namespace not joined": ["43/custom,1[]"],
    "a CONNECT_ERROR": ['44{"message":"x"}'],
    "an event without a name": ["42[]"],
    "an event named null": ["42[null]"],
    "an event named by an object": ['42[{"a":1}]'],
    "an event that is an object": ["42{}"],
    "an event that is a text": ['42"x"'],
    "a negative ack id": ['42-1["message"]'],
    "bad JSON": ['42["message"'],
    "trailing junk": ['42["message"]x'],
    "two values": ['42["message"]["message"]'],
    "JSON with a comment": ['42["message"/**/]'],
    "a bare word": ["42[message]"],
    "an invalid escape": ['42["\\x41"]'],
    "NaN": ['42["message",NaN]'],
    "a message without a type": ["4"],
    "packet type 7": ["47"],
    "packet type 9": ['49["message"]'],
    "a letter for a type": ["4a"],
    "an ack that is an object": ["430{}"],
    "DISCONNECT with a payload that is none": ["41{]"],
    "no attachment count": ['45["message"]'],
    "no attachments": ['450-["message"]'],
    "an empty attachment count": ['45-["message"]'],
    "an attachment count that is none": ['45abc-["message"]'],
    "a negative attachment count": ['45-1-["message"]'],
    "an attachment count of any length": [`4599999999999999999999-["message",${place(0)}]`, bytes],
    "eleven attachments": [`4511-["message",${place(0)}]`, bytes],
    "a placeholder beyond the attachments": [`451-["message",${place(1)}]`, bytes],
    "a negative placeholder": [`451-["message",${place(-1)}]`, bytes],
    "a placeholder that is a text": ['451-["message",{"_placeholder":true,"num":"0"}]', bytes],
    "a placeholder that is a fraction": ['451-["message",{"_placeholder":true,"num":0.5}]', bytes],
    "binary without a header": [bytes],
    "text while attachments are missing": [`451-["message",${place(0)}]`, '42["message"]'],
    "JSON too deep": [`42["message",${"[".repeat(100_000)}${"]".repeat(100_000)}]`],
  };
  for (const name of ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])
    cases[`the reserved event ${name}`] = [`42["${name}"]`];

  for (const [name, frames] of Object.entries(cases))
    it(`${name} is fatal`, async () => fatal(await connected(server), frames));
});

describe("on a connection that has joined nothing", () => {
  const cases = {
    "an event": ['42["message"]'],
    "an ack": ["431[]"],
    "a payload that is an array": ["40[]"],
    "a payload that is a text": ['40"s"'],
    "a payload that is null": ["40null"],
    "a payload that is broken": ['40{"a":}'],
    "a namespace without a slash": ["40custom"],
  };
  for (const [name, frames] of Object.entries(cases))
    it(`${name} is fatal`, async () => fatal(await openSocketIo(server), frames));
});

describe("over long-polling", () => {
  it("a bad packet ends the session, what came before it counts", async () => {
    const session = await openPolling(server, { path: "/socket.io/" });
    await session.send("40");
    await session.next();
    const answer = await session.post('42["message",1]\x1e42[]\x1e42["message",2]');
    assert.ok([200, 400].includes(answer.status));
    const last = await session.get();
    if (last.status === 200) {
      assert.match(last.text, /(^|\x1e)1$/, "the session's last answer ends with a close packet");
      assert.doesNotMatch(last.text, /,2\]/);
      assert.equal((await session.get()).status, 400);
    } else assert.equal(last.status, 400);
  });
});

describe("meanwhile", () => {
  it("nobody else is disturbed", async () => {
    await stillAlive(bystander);
    bystander.drop();
  });
});
