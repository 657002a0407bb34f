// Limits of the transport, each at its limit and one beyond: what fits is served, what does not is told why.
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, it as plainIt } from "node:test";
import { exchange, request, statusOf } from "../support/http.mjs";
import { openPolling } from "../support/polling.mjs";
import { startTroupe } from "../support/servers.mjs";
import { connect, openWebSocket } from "../support/websocket.mjs";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

const it = (name, body) => plainIt(name, { timeout: 60_000 }, body);

function suite(name, set, body) {
  describe(name, () => {
    let node;
    before(async () => (node = await startTroupe({ set })));
    after(() => node?.stop());
    body(() => node);
  });
}

/** A session over WebSocket that has joined `/`. */
async function join(server) {
  const peer = await openWebSocket(server, { path: "/socket.io/", answerPings: true });
  peer.send("40");
  assert.match(await peer.next(), /^40\{/);
  return peer;
}

suite("limits.max_payload_bytes", { "limits.max_payload_bytes": 2000, "documents.max_changes_bytes": 1000 }, (node) => {
  const event = (size) => `42["nobody","${"x".repeat(size - '42["nobody",""]'.length)}"]`;

  it("is told at the handshake", async () => {
    assert.equal((await openPolling(node(), { path: "/socket.io/" })).open.maxPayload, 2000);
  });

  it("over WebSocket ends in 1009", async () => {
    const peer = await join(node());
    peer.send(event(2000), '421["room:members","r"]');
    assert.match(await peer.next(), /^431\[/);
    peer.send(event(2001));
    assert.equal((await peer.ended()).code, 1009);
  });

  it("over polling ends in 413 and leaves the session alone", async () => {
    const session = await openPolling(node(), { path: "/socket.io/" });
    await session.send("40");
    await session.send(event(2000));
    assert.equal((await session.post(event(2001))).status, 413);
    assert.match(await session.next(), /^40\{/);
  });
});

suite("limits.max_attachments", { "limits.max_attachments": 2 }, (node) => {
  const event = (n) => [
    `45${n}-["nobody",${Array.from({ length: n }, (_, i) => `{"_placeholder":true,"num":${i}}`).join(",")}]`,
    ...Array.from({ length: n }, () => Buffer.from([1])),
  ];
  it("ends a connection that sends more", async () => {
    const peer = await join(node());
    peer.send(...event(2), '421["room:members","r"]');
    assert.match(await peer.next(), /^431\[/);
    peer.send(...event(3));
    await peer.ended();
  });
});

suite("limits.max_json_depth and limits.max_event_name_bytes", { "limits.max_json_depth": 5, "limits.max_event_name_bytes": 10 }, (node) => {
  for (const [what, fits, beyond] of [
    ["nesting", '42["x",[[[[]]]]]', '42["x",[[[[[]]]]]]'],
    ["a name", `42["${"n".repeat(10)}"]`, `42["${"n".repeat(11)}"]`],
  ])
    it(`end a connection for ${what}`, async () => {
      const peer = await join(node());
      peer.send(fits, '421["typing",{}]');
      assert.match(await peer.next(), /^431\[/);
      peer.send(beyond);
      await peer.ended();
    });
});

suite("limits.max_namespaces_per_connection", { "limits.max_namespaces_per_connection": 3, "socketio.namespaces": '["/","/n*"]' }, (node) => {
  it("refuses the next namespace by name", async () => {
    const peer = await join(node());
    for (const nsp of ["/n1", "/n2"]) {
      peer.send(`40${nsp},`);
      assert.ok((await peer.next()).startsWith(`40${nsp},{"sid"`));
    }
    peer.send("40/n3,");
    const packet = await peer.next();
    assert.ok(packet.startsWith("44/n3,"), packet);
    const { message, data } = JSON.parse(packet.slice(6));
    assert.equal(data.code, "namespace_limit");
    assert.ok(message.length > 10);
    peer.send("41/n1,", "40/n3,");
    assert.ok((await peer.next()).startsWith('40/n3,{"sid"'), "leaving makes room");
    peer.drop();
  });
});

suite("limits.max_header_bytes", { "limits.max_header_bytes": 4096 }, (node) => {
  it("answers 431 to a larger head", async () => {
    assert.equal((await request(node(), HANDSHAKE, { headers: { "X-Filler": "x".repeat(3500) } })).status, 200);
    const answer = await request(node(), HANDSHAKE, { headers: { "X-Filler": "x".repeat(8000) } });
    assert.equal(answer.status, 431);
    const endless = await exchange(node(), `GET ${HANDSHAKE} HTTP/1.1\r\nX: ${"x".repeat(100_000)}`, { wait: 1500 });
    assert.ok(endless.closed || statusOf(endless.text) === 431);
  });
});

suite("limits.header_timeout_ms", { "limits.header_timeout_ms": 300, "limits.keep_alive_timeout_ms": 300 }, (node) => {
  /** How long the server lets a connection live that says `words`, one every 50 ms. */
  const patience = (words) =>
    new Promise((resolve) => {
      const start = performance.now();
      const socket = net.connect(node().port, "127.0.0.1");
      const timer = setInterval(() => (words.length ? socket.write(words.shift()) : undefined), 50);
      socket.on("error", () => {}).on("data", () => {});
      socket.on("close", () => (clearInterval(timer), resolve(performance.now() - start)));
      setTimeout(() => socket.destroy(), 20_000).unref();
    });

  it("ends a connection that says nothing", async () => assert.ok((await patience([])) < 8000));
  it("ends one whose head drips", async () => assert.ok((await patience([..."GET / HTTP/1.1\r\nHost: localhost\r\nX: 1234567890\r\n"])) < 8000));
  it("ends one whose body does not come", async () => {
    const session = await openPolling(node(), { path: "/socket.io/" });
    assert.ok((await patience([`POST ${session.target} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n4`])) < 8000);
  });
  it("ends an idle connection between requests", async () => assert.ok((await patience(["GET /live HTTP/1.1\r\nHost: a\r\n\r\n"])) < 8000));
  it("leaves a waiting GET alone", async () => {
    const session = await openPolling(node(), { path: "/socket.io/" });
    await session.send("40");
    assert.match(await session.next(), /^40\{/);
    const poll = session.get();
    let over = false;
    poll.then(() => (over = true), () => (over = true));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.equal(over, false);
    await session.send("41", "40");
    assert.match((await poll).text, /40\{/);
  });
  it("leaves an idle WebSocket alone", async () => {
    const peer = await join(node());
    await new Promise((resolve) => setTimeout(resolve, 1000));
    peer.send('421["room:members","r"]');
    assert.match(await peer.next(), /^431\[/);
    peer.drop();
  });
});

suite("limits.max_connections with a queue", { "limits.max_connections": 3, "limits.connection_queue": 1, "limits.connection_queue_timeout_ms": 3000 }, (node) => {
  it("lets one wait and sends the next away", async () => {
    const peers = [await join(node()), await join(node()), await join(node())];
    const waiting = openWebSocket(node(), { path: "/socket.io/", answerPings: true });
    const queued = async () => /^troupe_handshakes_queued_total\{.*\} 1$/m.test((await request(node(), "/metrics")).text);
    while (!(await queued())); // until it stands in the queue
    const refused = await request(node(), HANDSHAKE);
    assert.equal(refused.status, 503);
    assert.ok(Number(refused.headers["retry-after"]) > 0);
    assert.ok(JSON.parse(refused.text).message.includes("max_connections"));
    await peers.pop().close();
    const late = await waiting;
    late.send("40");
    assert.match(await late.next(), /^40\{/);
    [...peers, late].forEach((p) => p.drop());
  });

  it("gives up waiting after its time", async () => {
    const peers = [await join(node()), await join(node()), await join(node())];
    const start = performance.now();
    const answer = await request(node(), HANDSHAKE);
    assert.equal(answer.status, 503);
    assert.ok(performance.now() - start > 2700);
    peers.forEach((p) => p.drop());
  });
});

suite("limits.connects_per_minute", { "limits.connects_per_minute": 5 }, (node) => {
  it("answers 429 to the next handshake, not to sessions", async () => {
    const session = await openPolling(node(), { path: "/socket.io/" });
    for (let i = 0; i < 4; ++i) await openPolling(node(), { path: "/socket.io/" });
    const refused = await request(node(), HANDSHAKE);
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers["retry-after"]) > 0);
    await assert.rejects(connect(node(), "/socket.io/?EIO=4&transport=websocket"), /4(29|00)/);
    await session.send("40");
    assert.match(await session.next(), /^40\{/);
    assert.equal((await request(node(), "/live")).status, 200);
  });
});

suite("limits.max_sockets", { "limits.max_sockets": 8, "limits.max_connections": 8, "limits.connection_queue": 0 }, (node) => {
  it("closes further TCP connections at once", async () => {
    const idle = Array.from({ length: 12 }, () => net.connect(node().port, "127.0.0.1").on("error", () => {}));
    const closed = Promise.all(idle.map((s) => new Promise((resolve) => s.once("close", resolve)))).then(() => "all");
    const open = () => idle.filter((s) => !s.destroyed).length;
    for (let i = 0; i < 1000 && open() > 8; ++i) await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 20))]);
    assert.ok(open() <= 8 && open() >= 5, `${open()} of 12 are open`); // a few may be those that asked for readiness
    idle.forEach((s) => s.destroy());
    let status;
    for (let i = 0; i < 200 && status !== 200; ++i) {
      status = (await request(node(), "/live").catch(() => ({}))).status;
      if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(status, 200, "places are given back");
  });
});

suite("limits.max_queued_bytes", { "limits.max_queued_bytes": 300_000, "limits.max_payload_bytes": 200_000 }, (node) => {
  it("closes a client that reads too slowly and leaves its room alone", async () => {
    const [slow, reader, writer] = [await join(node()), await join(node()), await join(node())];
    for (const peer of [slow, reader, writer]) {
      peer.send('421["join_room","crowd"]');
      let frame;
      do frame = await peer.next();
      while (!frame.startsWith("431"));
    }
    slow.socket._socket.pause();
    const filler = "x".repeat(50_000);
    for (let i = 0; i < 200; ++i) {
      writer.send(`42${i}["chat:message",{"room":"crowd","message":{"i":${i},"filler":"${filler}"}}]`);
      let packet;
      do packet = await reader.next();
      while (!packet.startsWith('42["new_message"'));
      assert.equal(JSON.parse(packet.slice(2))[1].message.i, i);
    }
    slow.socket._socket.resume();
    await slow.ended();
    const { text } = await request(node(), "/metrics");
    assert.match(text, /^troupe_sessions_closed_total\{[^}]*reason="slow reader"[^}]*\} 1$/m);
    [reader, writer].forEach((p) => p.drop());
  });
});
