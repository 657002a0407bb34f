// Engine.IO v4: from long-polling to WebSocket with a probe, without losing or reordering a message.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { request } from "../support/http.mjs";
import { it } from "../support/patient.mjs";
import { openPolling } from "../support/polling.mjs";
import { startApp, startEcho } from "../support/servers.mjs";
import { connect } from "../support/websocket.mjs";

let server;
before(async () => (server = await startEcho()));
after(() => server?.stop());

const probe = (session, options) => connect(server, `/engine.io/?EIO=4&transport=websocket&sid=${session.sid}`, options);

async function upgraded(options) {
  const session = await openPolling(server);
  const peer = await probe(session, options);
  peer.send("2probe");
  assert.equal(await peer.next(), "3probe");
  peer.send("5");
  return { session, peer };
}

describe("the switch", () => {
  it("happens after probe, noop and upgrade packet", async () => {
    const session = await openPolling(server);
    const peer = await probe(session);
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    const answer = await session.get();
    assert.equal(answer.status, 200);
    assert.equal(answer.text, "6");
    peer.send("5", "4hello");
    assert.equal(await peer.next(), "4hello");
    peer.drop();
  });

  it("repeats the noop for a client that polled again", async () => {
    const session = await openPolling(server);
    const peer = await probe(session);
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    const start = performance.now();
    assert.equal((await session.get()).text, "6");
    assert.equal((await session.get()).text, "6");
    assert.ok(performance.now() - start < 290, "before the ping");
    peer.send("5", "4hello");
    assert.equal(await peer.next(), "4hello");
    peer.drop();
  });

  it("releases a GET that still waits", async () => {
    const session = await openPolling(server);
    const peer = await probe(session);
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    const poll = session.get();
    await delay(10);
    peer.send("5");
    const answer = await poll;
    assert.equal(answer.status, 200);
    assert.ok(["1", "6"].includes(answer.text), answer.text);
    peer.send("4hello");
    assert.equal(await peer.next(), "4hello");
    peer.drop();
  });

  it("serves polling while probing, and sends what is left over WebSocket", async () => {
    const session = await openPolling(server);
    const peer = await probe(session);
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    await session.send("4one");
    assert.equal(await session.next(), "4one");
    await session.send("4two", "bAQIDBA==", "4three");
    peer.send("5", "4four");
    assert.equal(await peer.next(), "4two");
    assert.deepEqual(await peer.next(), Buffer.from([1, 2, 3, 4]));
    assert.equal(await peer.next(), "4three");
    assert.equal(await peer.next(), "4four");
    peer.drop();
  });

  it("keeps the order of many messages over both transports", async () => {
    const session = await openPolling(server);
    const peer = await probe(session, { answerPings: true });
    const sent = Array.from({ length: 60 }, (_, i) => `4${i}`);
    const received = [];
    await session.send(...sent.slice(0, 10));
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    await session.send(...sent.slice(10, 20));
    received.push(...(await session.packets()).filter((p) => p[0] === "4"));
    await session.send(...sent.slice(20, 30));
    peer.send("5", ...sent.slice(30));
    while (received.length < sent.length) received.push(await peer.next());
    assert.deepEqual(received, sent);
    peer.drop();
  });

  it("takes the heartbeat along", async () => {
    const { peer } = await upgraded();
    for (let i = 0; i < 2; ++i) {
      assert.equal(await peer.next(), "2");
      peer.send("3");
    }
    peer.drop();
  });

  it("works for many sessions at once", async () => {
    await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        const { peer } = await upgraded({ answerPings: true });
        peer.send(`4${i}`);
        assert.equal(await peer.next(), `4${i}`);
        peer.drop();
      }),
    );
  });
});

describe("an end by the server while the client switches", () => {
  let app;
  before(async () => (app = await startApp()));
  after(() => app?.stop());

  /** A client whose poll was answered because of its probe: it listens nowhere until it has sent its upgrade packet. */
  async function switching() {
    const session = await openPolling(app, { path: "/socket.io/" });
    await session.send("40");
    assert.match(await session.next(), /^40/);
    assert.match(await session.next(), /^42\["auth"/);
    const peer = await connect(app, `/socket.io/?EIO=4&transport=websocket&sid=${session.sid}`);
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    assert.equal((await session.get()).text, "6");
    return { session, peer };
  }

  it("is told on the WebSocket", async () => {
    const { session, peer } = await switching();
    await session.send('42["kick",true]');
    // The application disconnects in a turn of its own; a session that it ended takes no more packets.
    while ((await session.post("6")).status === 200);
    peer.send("5");
    assert.equal(await peer.next(), "41");
    await peer.ended();
  });

  it("is told by polling to a client that polls again", async () => {
    const { session, peer } = await switching();
    await session.send('42["kick",true]');
    assert.equal(await session.next(), "41");
    assert.equal(await session.next(), "1");
    await peer.ended();
  });
});

describe("clients with manners of their own", () => {
  it("accepts an upgrade packet without a probe (C#)", async () => {
    const session = await openPolling(server);
    const peer = await probe(session);
    peer.send("5", "4hello");
    assert.equal(await peer.next(), "4hello");
    assert.equal((await session.get()).status, 400);
    peer.drop();
  });

  it("sends nothing before the probe's answer, although messages wait (python)", async () => {
    const session = await openPolling(server);
    await session.send("4waiting");
    const peer = await probe(session);
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    peer.send("5");
    assert.equal(await peer.next(), "4waiting");
    peer.drop();
  });

  it("accepts a noop by POST during the probe (Swift)", async () => {
    const session = await openPolling(server);
    const poll = session.get();
    const peer = await probe(session);
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    await session.send("6");
    assert.equal((await poll).text, "6");
    peer.send("5", "4hello");
    assert.equal(await peer.next(), "4hello");
    peer.drop();
  });
});

describe("afterwards", () => {
  it("refuses HTTP requests, even those that come with the upgrade packet", async () => {
    for (let i = 0; i < 20; ++i) {
      const session = await openPolling(server);
      const peer = await probe(session);
      peer.send("2probe", "5");
      const answer = await session.get(); // on a TCP connection of its own
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.text, '{"code":3,"message":"Bad request"}');
      assert.equal((await session.post("4x")).status, 400);
      peer.send("4hello");
      assert.equal(await peer.next(), "3probe");
      assert.equal(await peer.next(), "4hello");
      peer.drop();
    }
  });

  it("opens and closes a second WebSocket and leaves the first alone", async () => {
    const { session, peer } = await upgraded();
    const second = await probe(session);
    await second.ended({ timeout: 250 });
    assert.equal(second.error, undefined);
    peer.send("4hello");
    assert.equal(await peer.next(), "4hello");
    peer.drop();
  });

  it("does so during the probe, too", async () => {
    const session = await openPolling(server);
    const peer = await probe(session);
    const second = await probe(session);
    await second.ended({ timeout: 250 });
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    peer.send("5", "4hello");
    assert.equal(await peer.next(), "4hello");
    peer.drop();
  });

  it("knows the session until the WebSocket ends", async () => {
    const { session, peer } = await upgraded();
    peer.send("4hello");
    assert.equal(await peer.next(), "4hello");
    await peer.close();
    assert.match((await session.get()).text, /"code":1,/);
  });
});

describe("a probe that fails", () => {
  const works = async (session) => {
    await session.send("4still polling");
    assert.equal(await session.next(), "4still polling");
  };

  it("by closing leaves the session on polling", async () => {
    const session = await openPolling(server);
    const peer = await probe(session);
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    await peer.close();
    await works(session);
  });

  it("by breaking leaves the session on polling, and another may follow", async () => {
    const session = await openPolling(server);
    (await probe(session)).drop();
    await works(session);
    const peer = await probe(session);
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    peer.send("5", "4hello");
    assert.equal(await peer.next(), "4hello");
    peer.drop();
  });

  for (const frame of ["4hello", "2", "abc", Buffer.from([1, 2, 3])])
    it(`by sending ${JSON.stringify(frame.toString())} first loses its WebSocket only`, async () => {
      const session = await openPolling(server);
      const peer = await probe(session);
      peer.send(frame);
      await peer.ended({ timeout: 250 });
      await works(session);
    });

  it("of an unknown session is refused", async () => {
    const answer = connect(server, "/engine.io/?EIO=4&transport=websocket&sid=AAAAAAAAAAAAAAAAAAAA");
    await assert.rejects(answer, /400/);
    assert.match((await request(server, "/engine.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA")).text, /"code":1,/);
  });
});
