// What a node's configuration changes on the wire: CORS, cookies, paths, transports, compression, the client bundle.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import WebSocket from "ws";
import { request } from "../support/http.mjs";
import { openPolling } from "../support/polling.mjs";
import { startTroupe } from "../support/servers.mjs";
import { connect, openWebSocket } from "../support/websocket.mjs";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
const UNKNOWN = `${HANDSHAKE}&sid=AAAAAAAAAAAAAAAAAAAA`;
const HOME = "https://chat.example";
const preflight = { Origin: HOME, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-one, x-two" };

/** A suite against one node. */
function suite(name, set, body) {
  describe(name, () => {
    let node;
    before(async () => (node = await startTroupe({ set })));
    after(() => node?.stop());
    body(() => node);
  });
}

const allowed = (answer) => answer.headers["access-control-allow-origin"];
const varies = (answer, by) => (answer.headers.vary ?? "").toLowerCase().split(/, */).includes(by);

suite("without CORS settings", {}, (node) => {
  it("no response speaks of CORS", async () => {
    const answer = await request(node(), HANDSHAKE);
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(answer.headers).filter((h) => h.startsWith("access-control")), []);
  });

  it("a page of the node's own origin may connect", async () => {
    const Origin = `http://127.0.0.1:${node().port}`;
    assert.equal((await request(node(), HANDSHAKE, { headers: { Origin } })).status, 200);
    (await openWebSocket(node(), { path: "/socket.io/", origin: Origin })).drop();
  });

  it("a page of another origin may not, over WebSocket neither", async () => {
    const answer = await request(node(), HANDSHAKE, { headers: { Origin: HOME } });
    assert.equal(answer.status, 403);
    assert.equal(JSON.parse(answer.text).code, 4);
    assert.equal(allowed(answer), undefined);
    await assert.rejects(connect(node(), "/socket.io/?EIO=4&transport=websocket", { origin: HOME }), /40[03]/);
  });

  it("a preflight is refused as a handshake of the wrong method", async () => {
    const answer = await request(node(), HANDSHAKE, { method: "OPTIONS", headers: preflight });
    assert.ok([400, 403].includes(answer.status));
    assert.equal(allowed(answer), undefined);
  });

  it("no cookie is set", async () => assert.equal((await request(node(), HANDSHAKE)).headers["set-cookie"], undefined));
});

suite("CORS for everybody", { "cors.origins": '["*"]', "cors.max_age_s": 600, "cors.exposed_headers": '["X-Node"]' }, (node) => {
  it("answers a preflight with 204", async () => {
    for (const target of [HANDSHAKE, UNKNOWN]) {
      const answer = await request(node(), target, { method: "OPTIONS", headers: preflight });
      assert.equal(answer.status, 204);
      assert.equal(answer.text, "");
      assert.equal(allowed(answer), "*");
      assert.equal(answer.headers["access-control-allow-methods"].replace(/ /g, ""), "GET,HEAD,PUT,PATCH,POST,DELETE");
      assert.equal(answer.headers["access-control-allow-headers"], "x-one, x-two");
      assert.ok(varies(answer, "access-control-request-headers"));
      assert.equal(answer.headers["access-control-max-age"], "600");
    }
  });

  it("marks every answer, errors too", async () => {
    for (const target of [HANDSHAKE, UNKNOWN, "/socket.io/?EIO=3&transport=polling"]) {
      const answer = await request(node(), target, { headers: { Origin: HOME } });
      assert.equal(allowed(answer), "*", target);
      assert.equal(answer.headers["access-control-expose-headers"], "X-Node");
      assert.equal(answer.headers["access-control-max-age"], undefined);
    }
    const session = await openPolling(node(), { path: "/socket.io/", headers: { Origin: HOME } });
    assert.equal(allowed(await session.post("40", { headers: { Origin: HOME } })), "*");
    assert.equal(allowed(await session.get({ headers: { Origin: HOME } })), "*");
  });

  it("marks the answer to a WebSocket handshake", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${node().port}/socket.io/?EIO=4&transport=websocket`, { origin: HOME });
    const headers = await new Promise((resolve, reject) => {
      socket.once("upgrade", (response) => resolve(response.headers)).once("error", reject);
    });
    assert.equal(headers["access-control-allow-origin"], "*");
    socket.terminate();
  });
});

suite(
  "CORS for some, with credentials",
  { "cors.origins": `["${HOME}","https://other.example"]`, "cors.credentials": true, "cors.allowed_headers": '["X-Only"]' },
  (node) => {
    it("reflects an origin of the list", async () => {
      for (const Origin of [HOME, "https://other.example"]) {
        const answer = await request(node(), HANDSHAKE, { headers: { Origin } });
        assert.equal(answer.status, 200);
        assert.equal(allowed(answer), Origin);
        assert.equal(answer.headers["access-control-allow-credentials"], "true");
        assert.ok(varies(answer, "origin"));
      }
    });

    it("lists the configured headers in a preflight", async () => {
      const answer = await request(node(), HANDSHAKE, { method: "OPTIONS", headers: preflight });
      assert.equal(answer.status, 204);
      assert.equal(allowed(answer), HOME);
      assert.equal(answer.headers["access-control-allow-headers"], "X-Only");
      assert.equal(answer.headers["access-control-allow-credentials"], "true");
      assert.ok(varies(answer, "origin"));
    });

    for (const Origin of ["https://evil.example", "null", `${HOME}.evil.example`, "http://chat.example", `${HOME}:444`])
      it(`does not know ${Origin}`, async () => {
        const answer = await request(node(), HANDSHAKE, { headers: { Origin } });
        assert.equal(allowed(answer), undefined);
        assert.equal(answer.status, 403);
        assert.ok(varies(answer, "origin"), "caches must tell the origins apart");
        await assert.rejects(connect(node(), "/socket.io/?EIO=4&transport=websocket", { origin: Origin }), /40[03]/);
      });

    it("does not ask programs for an origin", async () => {
      assert.equal((await request(node(), HANDSHAKE)).status, 200);
      (await openWebSocket(node(), { path: "/socket.io/" })).drop();
    });
  },
);

suite("a cookie", { "cookie.name": "io" }, (node) => {
  it("is set by the handshake only", async () => {
    const answer = await request(node(), HANDSHAKE);
    const { sid } = JSON.parse(answer.text.slice(1));
    assert.deepEqual(answer.headers["set-cookie"], [`io=${sid}; Path=/; HttpOnly; SameSite=Lax`]);
    const next = await request(node(), `${HANDSHAKE}&sid=${sid}`, { method: "POST", body: "40" });
    assert.equal(next.status, 200);
    assert.equal(next.headers["set-cookie"], undefined);
  });
});

suite(
  "a cookie with attributes",
  { "cookie.name": "rt", "cookie.path": "/socket.io", "cookie.same_site": "None", "cookie.secure": true, "cookie.max_age_s": 60, "cookie.http_only": false },
  (node) => {
    it("has them all", async () => {
      const [cookie] = (await request(node(), HANDSHAKE)).headers["set-cookie"];
      const [value, ...attributes] = cookie.split("; ");
      assert.match(value, /^rt=[A-Za-z0-9_-]{20}$/);
      assert.deepEqual(attributes.sort(), ["Max-Age=60", "Path=/socket.io", "SameSite=None", "Secure"]);
    });
  },
);

suite("another path", { "engine.path": "/realtime" }, (node) => {
  it("is served instead of the usual one", async () => {
    assert.equal((await request(node(), "/realtime/?EIO=4&transport=polling")).status, 200);
    assert.equal((await request(node(), "/realtime?EIO=4&transport=polling")).status, 404);
    assert.equal((await request(node(), HANDSHAKE)).status, 404);
  });
});

suite("WebSocket only", { "engine.transports": '["websocket"]' }, (node) => {
  it("refuses polling with code 0", async () => {
    assert.equal((await request(node(), HANDSHAKE)).text, '{"code":0,"message":"Transport unknown"}');
    (await openWebSocket(node(), { path: "/socket.io/" })).drop();
  });
});

suite("polling only", { "engine.transports": '["polling"]' }, (node) => {
  it("offers no upgrade and refuses WebSocket", async () => {
    const session = await openPolling(node(), { path: "/socket.io/" });
    assert.deepEqual(session.open.upgrades, []);
    await assert.rejects(connect(node(), "/socket.io/?EIO=4&transport=websocket"), /400/);
  });
});

suite("no upgrades", { "engine.allow_upgrades": false }, (node) => {
  it("are offered", async () => {
    const session = await openPolling(node(), { path: "/socket.io/" });
    assert.deepEqual(session.open.upgrades, []);
    (await openWebSocket(node(), { path: "/socket.io/" })).drop();
  });
});

suite("timeouts", { "engine.upgrade_timeout_ms": 200, "socketio.connect_timeout_ms": 400 }, (node) => {
  it("end an upgrade that does not get on, not its session", async () => {
    const session = await openPolling(node(), { path: "/socket.io/" });
    await session.send("40");
    const peer = await connect(node(), `/socket.io/?EIO=4&transport=websocket&sid=${session.sid}`);
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    const start = performance.now();
    await peer.ended();
    assert.ok(performance.now() - start > 100);
    assert.match(await session.next(), /^40\{/);
  });

  it("end a session that joins nothing", async () => {
    const start = performance.now();
    const peer = await openWebSocket(node(), { path: "/socket.io/" });
    await peer.ended({ timeout: 15_000 });
    const took = performance.now() - start;
    assert.ok(took > 300 && took < 10_000, `${took} ms`);
  });
});

suite("permessage-deflate", { "engine.per_message_deflate": true, "engine.per_message_deflate_threshold_bytes": 512 }, (node) => {
  const open = async (options) => {
    const peer = await openWebSocket(node(), { path: "/socket.io/", answerPings: true, ...options });
    peer.send("40");
    await peer.next();
    return peer;
  };
  const long = "troupe ".repeat(2000);

  /** Sends `text` to the user's own connections and returns it as it came back. */
  async function roundTrip(peer, user, text) {
    peer.send(`42["message:send",{"to":"${user}","content":"${text}"}]`);
    for (;;) {
      const frame = await peer.next();
      const packet = frame.startsWith("42") ? JSON.parse(frame.slice(2)) : [];
      if (packet[0] === "message:new") return packet[1].content;
    }
  }

  it("is negotiated and carries messages both ways", async () => {
    const peer = await openWebSocket(node(), { path: "/socket.io/", answerPings: true, perMessageDeflate: { threshold: 0 } });
    assert.match(peer.socket.extensions, /permessage-deflate/);
    peer.send('40{"userId":"deflated"}');
    await peer.next();
    let bytes = peer.socket._socket.bytesRead;
    for (let i = 0; i < 5; ++i) assert.equal(await roundTrip(peer, "deflated", long), long);
    bytes = peer.socket._socket.bytesRead - bytes;
    assert.ok(bytes < long.length, `${bytes} bytes for 5 x ${long.length}`);
    peer.drop();
  });

  for (const [name, offer] of [["without context takeover", { serverNoContextTakeover: true, clientNoContextTakeover: true }], ["with small windows", { serverMaxWindowBits: 10, clientMaxWindowBits: 10 }]])
    it(`works ${name}`, async () => {
      const peer = await openWebSocket(node(), { path: "/socket.io/", answerPings: true, perMessageDeflate: { threshold: 0, ...offer } });
      peer.send('40{"userId":"offer"}');
      await peer.next();
      for (let i = 0; i < 3; ++i) assert.equal(await roundTrip(peer, "offer", long), long);
      peer.drop();
    });

  it("is not forced on a client that does not offer it", async () => {
    const peer = await open();
    assert.doesNotMatch(peer.socket.extensions, /deflate/);
    peer.drop();
  });

  it("does not inflate beyond maxPayload", async () => {
    const peer = await open({ perMessageDeflate: { threshold: 0 } });
    peer.send(`42["x","${"0".repeat(5_000_000)}"]`);
    const { code } = await peer.ended();
    assert.ok([1009, 1005, 1007, 1006].includes(code), `${code}`);
  });
});

suite("HTTP compression", { "engine.http_compression": false }, (node) => {
  it("can be switched off", async () => {
    const answer = await request(node(), HANDSHAKE, { headers: { "Accept-Encoding": "gzip" } });
    assert.equal(answer.headers["content-encoding"], undefined);
  });
});

suite("HTTP compression with a low threshold", { "engine.http_compression_threshold_bytes": 10 }, (node) => {
  it("compresses a short answer", async () => {
    const answer = await request(node(), HANDSHAKE, { headers: { "Accept-Encoding": "gzip, deflate" } });
    assert.equal(answer.headers["content-encoding"], "gzip");
    assert.match(gunzipSync(answer.raw).toString(), /^0\{"sid"/);
  });
});

const dist = path.resolve(path.dirname(createRequire(import.meta.url).resolve("socket.io-client/package.json")), "dist");

suite("the client bundle", { "engine.client_dir": dist }, (node) => {
  for (const file of ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"])
    it(`serves ${file} with a tag`, async () => {
      const answer = await request(node(), `/socket.io/${file}`);
      assert.equal(answer.status, 200);
      assert.match(answer.headers["content-type"], /^(application|text)\/javascript/);
      assert.ok(answer.text.includes("Socket.IO v"), "the banner");
      const { etag } = answer.headers;
      const again = await request(node(), `/socket.io/${file}`, { headers: { "If-None-Match": etag } });
      assert.equal(again.status, 304);
      assert.equal(again.text, "");
    });

  it("compresses it and serves its map", async () => {
    const answer = await request(node(), "/socket.io/socket.io.min.js", { headers: { "Accept-Encoding": "gzip" } });
    if (answer.headers["content-encoding"] === "gzip") assert.match(gunzipSync(answer.raw).toString(), /Socket\.IO v/);
    const map = await request(node(), "/socket.io/socket.io.min.js.map");
    assert.equal(map.status, 200);
    assert.equal(JSON.parse(map.text).version, 3);
  });

  it("serves nothing else from there", async () => {
    for (const file of ["../package.json", "%2e%2e/package.json", "socket.io.js/../../package.json", "broadcast.js"]) {
      const answer = await request(node(), `/socket.io/${file}`);
      assert.notEqual(answer.status, 200, file);
    }
  });
});

suite("no client bundle", { "engine.serve_client": false }, (node) => {
  it("is served when switched off", async () => {
    assert.notEqual((await request(node(), "/socket.io/socket.io.js")).status, 200);
  });
});

suite("the pages of operators", {}, (node) => {
  it("tell health", async () => {
    for (const page of ["/health", "/ready", "/live"]) assert.equal((await request(node(), page)).status, 200, page);
  });

  it("tell numbers, as text and as JSON", async () => {
    const text = await request(node(), "/metrics");
    assert.equal(text.status, 200);
    assert.match(text.text, /^troupe_\w+(\{.*\})? [\d.e+-]+$/m);
    const json = JSON.parse((await request(node(), "/metrics?format=json")).text);
    for (const key of ["socketConnections", "redisConnected", "kafkaConnected", "totalConnections", "rooms", "uptime", "memory"])
      assert.ok(key in json, key);
  });

  it("answer an unknown path with 404", async () => assert.equal((await request(node(), "/nothing")).status, 404));
});
