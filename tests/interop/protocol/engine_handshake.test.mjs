// Engine.IO v4: how a session opens, and how a request that cannot open one is refused.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { exchange, request, statusOf } from "../support/http.mjs";
import { it } from "../support/patient.mjs";
import { openPolling } from "../support/polling.mjs";
import { startEcho } from "../support/servers.mjs";
import { connect, openWebSocket } from "../support/websocket.mjs";

let server;
before(async () => (server = await startEcho()));
after(() => server?.stop());

const KEYS = ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"];

/** An Engine.IO error over HTTP. */
function refused(answer, code, message, status = 400) {
  assert.equal(answer.status, status);
  assert.match(answer.headers["content-type"], /^application\/json/);
  assert.equal(answer.text, JSON.stringify({ code, message }));
}

describe("opening over long-polling", () => {
  it("answers with the open packet and the documented headers", async () => {
    const answer = await request(server, "/engine.io/?EIO=4&transport=polling");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers["content-type"].toLowerCase(), "text/plain; charset=utf-8");
    assert.equal(Number(answer.headers["content-length"]), answer.raw.length);
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.equal(answer.text[0], "0");
    const open = JSON.parse(answer.text.slice(1));
    assert.deepEqual(Object.keys(open), KEYS);
    assert.match(open.sid, /^[A-Za-z0-9_-]{20}$/);
    assert.deepEqual(open.upgrades, ["websocket"]);
    assert.deepEqual([open.pingInterval, open.pingTimeout, open.maxPayload], [300, 200, 1_000_000]);
    assert.doesNotMatch(answer.text, /\d\.\d|\de\d/i, "typed clients need integers");
  });

  it("gives every session an id of its own", async () => {
    const sessions = await Promise.all(Array.from({ length: 20 }, () => openPolling(server)));
    assert.equal(new Set(sessions.map((s) => s.sid)).size, 20);
  });

  const variants = {
    "unknown parameters": "/engine.io/?EIO=4&transport=polling&token=a%20b&x=1",
    "a cache buster": "/engine.io/?EIO=4&transport=polling&t=PfQ2xT1",
    "parameters in another order": "/engine.io/?transport=polling&b64=1&EIO=4",
    "a repeated parameter, of which the last counts": "/engine.io/?EIO=3&transport=carrier&EIO=4&transport=polling",
    "a longer path": "/engine.io/anything?EIO=4&transport=polling",
    "a percent-encoded value": "/engine.io/?EIO=4&transport=poll%69ng",
  };
  for (const [name, path] of Object.entries(variants))
    it(`accepts ${name}`, async () => assert.equal((await request(server, path)).status, 200));

  it("does not know the path without its slash", async () => {
    assert.equal((await request(server, "/engine.io?EIO=4&transport=polling")).status, 404);
    assert.equal((await request(server, "/nothing/?EIO=4&transport=polling")).status, 404);
  });
});

describe("opening over WebSocket", () => {
  it("sends the open packet first, without upgrades", async () => {
    const peer = await openWebSocket(server);
    assert.deepEqual(Object.keys(peer.open), KEYS);
    assert.match(peer.sid, /^[A-Za-z0-9_-]{20}$/);
    assert.deepEqual(peer.open.upgrades, []);
    peer.drop();
  });

  it("negotiates neither compression nor a subprotocol", async () => {
    const key = "dGhlIHNhbXBsZSBub25jZQ==";
    const answer = await exchange(
      server,
      "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\n" +
        `Upgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n` +
        "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n",
      { until: (text) => text.includes("maxPayload") },
    );
    assert.equal(statusOf(answer.text), 101);
    assert.match(answer.text, /sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/i);
    assert.doesNotMatch(answer.text, /sec-websocket-(extensions|protocol)/i);
  });
});

describe("refusals over HTTP", () => {
  const cases = [
    ["an unknown transport", "?EIO=4&transport=carrier", 0, "Transport unknown"],
    ["a missing transport", "?EIO=4", 0, "Transport unknown"],
    ["WebTransport, which is not HTTP", "?EIO=4&transport=webtransport", 0, "Transport unknown"],
    ["an unknown transport before an unknown session", "?EIO=4&transport=carrier&sid=AAAAAAAAAAAAAAAAAAAA", 0, "Transport unknown"],
    ["an unknown session", "?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA", 1, "Session ID unknown"],
    ["a session id of the wrong length", "?EIO=4&transport=polling&sid=abc", 1, "Session ID unknown"],
    ["a session id of foreign characters", "?EIO=4&transport=polling&sid=%00%FF%F0..%2F..%2Fetc%2Fpasswd", 1, "Session ID unknown"],
    ["an unknown session before a wrong version", "?EIO=3&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA", 1, "Session ID unknown"],
    ["WebSocket without an upgrade", "?EIO=4&transport=websocket", 3, "Bad request"],
    ["protocol version 3", "?EIO=3&transport=polling", 5, "Unsupported protocol version"],
    ["a missing version", "?transport=polling", 5, "Unsupported protocol version"],
    ["another spelling of version 4", "?EIO=04&transport=polling", 5, "Unsupported protocol version"],
    ["a future version", "?EIO=5&transport=polling", 5, "Unsupported protocol version"],
  ];
  for (const [name, query, code, message] of cases)
    it(`refuses ${name} with code ${code}`, async () => refused(await request(server, `/engine.io/${query}`), code, message));

  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
    it(`refuses ${method} without a session with code 2`, async () =>
      refused(await request(server, "/engine.io/?EIO=4&transport=polling", { method }), 2, "Bad handshake method"));

  it("refuses a session's request that names the wrong transport or version with code 3", async () => {
    const session = await openPolling(server);
    const named = (query) => request(server, `/engine.io/${query}&sid=${session.sid}`);
    refused(await named("?EIO=4&transport=websocket"), 3, "Bad request");
    refused(await named("?EIO=3&transport=polling"), 3, "Bad request");
    refused(await named("?transport=polling"), 3, "Bad request");
    await session.send("4still here");
    assert.equal(await session.next(), "4still here");
  });

  it("refuses other methods on a session without hurting it", async () => {
    const session = await openPolling(server);
    for (const method of ["PUT", "DELETE", "PATCH"]) {
      const answer = await session.get({ method });
      assert.ok([400, 405, 500].includes(answer.status), `${method}: ${answer.status}`);
    }
    await session.send("4still here");
    assert.equal(await session.next(), "4still here");
  });
});

describe("refusals of a WebSocket", () => {
  const upgrade = (query, headers = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n") =>
    exchange(server, `GET /engine.io/${query} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`);

  const cases = [
    ["an unknown transport", "?EIO=4&transport=carrier", "Transport unknown"],
    ["an unknown session", "?EIO=4&transport=websocket&sid=AAAAAAAAAAAAAAAAAAAA", "Session ID unknown"],
    ["protocol version 3", "?EIO=3&transport=websocket", "Unsupported protocol version"],
  ];
  for (const [name, query, message] of cases)
    it(`refuses ${name}, says why, and closes`, async () => {
      const answer = await upgrade(query);
      assert.equal(statusOf(answer.text), 400);
      assert.match(answer.text, /\r\nconnection: close\r\n/i);
      // Node's body is the bare message; the JSON that polling gets says the same and the code.
      assert.ok(answer.text.split("\r\n\r\n")[1].includes(message));
      assert.ok(answer.closed);
    });

  it("refuses a handshake that is none", async () => {
    const query = "?EIO=4&transport=websocket";
    for (const headers of ["Sec-WebSocket-Version: 13\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n", "Sec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n"]) {
      const status = statusOf((await upgrade(query, headers)).text);
      assert.ok([400, 426].includes(status), `${headers} -> ${status}`);
    }
  });

  it("refuses an Origin with illegal bytes", async () => {
    const answer = await upgrade("?EIO=4&transport=websocket", "Origin: http://a\x01b\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    assert.equal(statusOf(answer.text), 400);
  });

  it("does not leave an upgrade to an unknown path hanging", async () => {
    await assert.rejects(connect(server, "/nothing/?EIO=4&transport=websocket"));
  });
});
