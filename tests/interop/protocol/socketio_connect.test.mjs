// Socket.IO v5: namespaces are joined, refused and left; the connection outlives them.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { it } from "../support/patient.mjs";
import { openPolling } from "../support/polling.mjs";
import { startEcho } from "../support/servers.mjs";
import { connected, join, openSocketIo, SOCKET_ID, stillAlive } from "../support/socketio.mjs";

let server;
before(async () => (server = await startEcho()));
after(() => server?.stop());

/** The reply to CONNECT, its data parsed. */
async function reply(peer, prefix) {
  const packet = await peer.next();
  assert.ok(packet.startsWith(prefix), packet);
  return JSON.parse(packet.slice(prefix.length));
}

describe("CONNECT", () => {
  it("answers `40{\"sid\":...}` and lets the auth event follow", async () => {
    const peer = await openSocketIo(server);
    peer.send("40");
    const data = await reply(peer, "40");
    assert.deepEqual(Object.keys(data), ["sid"]);
    assert.match(data.sid, SOCKET_ID);
    assert.notEqual(data.sid, peer.sid, "the session id is a secret");
    assert.equal(await peer.next(), '42["auth",{}]');
    peer.drop();
  });

  it("hands the payload to the application unchanged", async () => {
    for (const text of ['{"token":"abc"}', '{"b":1,"a":{"c":[null,true,"\\u0000x"]},"":"é\u{1f600}"}', "{}"]) {
      const peer = await openSocketIo(server);
      peer.send(`40${text}`);
      await reply(peer, "40");
      assert.equal(await peer.next(), `42["auth",${text}]`);
      peer.drop();
    }
  });

  it("works over long-polling", async () => {
    const session = await openPolling(server, { path: "/socket.io/" });
    await session.send('40{"token":"abc"}');
    const data = JSON.parse((await session.next()).slice(2));
    assert.deepEqual(Object.keys(data), ["sid"]);
    assert.equal(await session.next(), '42["auth",{"token":"abc"}]');
  });

  for (const packet of ["40/custom", "40/custom,"])
    it(`joins another namespace by \`${packet}\``, async () => {
      const peer = await openSocketIo(server);
      peer.send(packet);
      const data = await reply(peer, "40/custom,");
      assert.deepEqual(Object.keys(data), ["sid"]);
      assert.match(data.sid, SOCKET_ID);
      assert.equal(await peer.next(), '42/custom,["auth",{}]');
      peer.drop();
    });

  it("joins another namespace with a payload", async () => {
    const peer = await openSocketIo(server);
    await join(peer, "/custom", { token: "abc" });
    peer.drop();
  });

  for (const packet of ["40/,", '40/,{"token":"abc"}', "40/"])
    it(`accepts the main namespace spelled out, \`${packet}\` (Swift)`, async () => {
      const peer = await openSocketIo(server);
      peer.send(packet);
      await reply(peer, "40");
      assert.equal(await peer.next(), `42["auth",${packet.slice(4) || "{}"}]`);
      peer.drop();
    });

  it("gives each namespace of a connection a socket of its own", async () => {
    const peer = await openSocketIo(server);
    const main = await join(peer);
    const custom = await join(peer, "/custom", { token: "abc" });
    assert.notEqual(main, custom);
    await stillAlive(peer);
    peer.drop();
  });

  for (const packet of ["40/random", "40/random,", "40/custom?x=1,", "40/CUSTOM,", "40/custom/,"])
    it(`refuses an unknown namespace, \`${packet}\`, and goes on`, async () => {
      const peer = await openSocketIo(server);
      peer.send(packet);
      const nsp = packet.slice(2).replace(",", "");
      assert.equal(await peer.next(), `44${nsp},{"message":"Invalid namespace"}`);
      await join(peer);
      await stillAlive(peer);
      peer.drop();
    });

  it("closes a connection that joins nothing", async () => {
    const peer = await openSocketIo(server);
    const start = performance.now();
    await peer.ended({ timeout: 2500 });
    assert.ok(performance.now() - start > 400);
  });

  it("does not close one that has left everything", async () => {
    const peer = await connected(server);
    peer.send("41");
    let ended = false;
    peer.closed.then(() => (ended = true));
    await new Promise((resolve) => setTimeout(resolve, 1600)); // longer than the time to connect
    assert.equal(ended, false);
    await join(peer);
    await stillAlive(peer);
    peer.drop();
  });
});

describe("DISCONNECT", () => {
  it("leaves the main namespace, the connection goes on pinging", async () => {
    const peer = await connected(server, { answerPings: false });
    peer.send("41");
    assert.equal(await peer.next(), "2");
    peer.drop();
  });

  for (const packet of ["41/custom", "41/custom,"])
    it(`leaves another namespace by \`${packet}\` only`, async () => {
      const peer = await connected(server);
      await join(peer, "/custom");
      peer.send(packet);
      await stillAlive(peer);
      peer.drop();
    });

  it("leaves the main namespace only", async () => {
    const peer = await connected(server);
    await join(peer, "/custom");
    peer.send("41");
    const again = await join(peer);
    assert.notEqual(again, peer.id, "a new socket");
    await stillAlive(peer);
    peer.drop();
  });

  it("is not needed: a closed connection ends all its sockets", async () => {
    const peer = await connected(server);
    await peer.close();
    const next = await connected(server);
    await stillAlive(next);
    next.drop();
  });
});
