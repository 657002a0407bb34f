// Engine.IO v4 over long-polling: payloads, one GET and one POST at a time, sizes, compression.
import assert from "node:assert/strict";
import http from "node:http";
import net from "node:net";
import { after, before, describe } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync, inflateSync } from "node:zlib";
import { exchange, request } from "../support/http.mjs";
import { it } from "../support/patient.mjs";
import { openPolling, SEPARATOR } from "../support/polling.mjs";
import { startEcho } from "../support/servers.mjs";

let server;
before(async () => (server = await startEcho()));
after(() => server?.stop());

/** The session is gone: its id is unknown. Waits for the server to notice what just happened, less than a ping timeout. */
async function gone(session, patience = 300) {
  const deadline = Date.now() + patience;
  let answer;
  do {
    answer = await session.post("3");
    if (answer.status === 400 && answer.text.includes('"code":1')) return;
    await delay(10);
  } while (Date.now() < deadline);
  assert.fail(`the session still answers ${answer.status} ${answer.text}`);
}

/** The session still works. */
async function works(session) {
  await session.send("4works");
  assert.equal(await session.next(), "4works");
}

/** Starts a POST and never finishes it. */
async function halfPost(session, announced, sent) {
  const socket = net.connect(server.port, "127.0.0.1");
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve));
  await new Promise((resolve) =>
    socket.write(
      `POST ${session.target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: ${announced}\r\n\r\n${sent}`,
      resolve,
    ),
  );
  return socket;
}

describe("payloads", () => {
  it("echoes one packet", async () => {
    const session = await openPolling(server);
    const answer = await session.post("4hello");
    assert.equal(answer.status, 200);
    assert.match(answer.headers["content-type"], /^text\/html/);
    assert.equal(answer.text, "ok");
    const echo = await session.get();
    assert.equal(echo.status, 200);
    assert.equal(echo.headers["content-type"].toLowerCase(), "text/plain; charset=utf-8");
    assert.equal(Number(echo.headers["content-length"]), echo.raw.length);
    assert.equal(echo.headers["cache-control"], "no-store");
    assert.equal(echo.text, "4hello");
  });

  it("answers three queued packets with one GET", async () => {
    const session = await openPolling(server);
    await session.send("4test1", "4test2", "4test3");
    assert.equal((await session.get()).text, "4test1\x1e4test2\x1e4test3");
  });

  it("mixes text and binary", async () => {
    const session = await openPolling(server);
    await session.send("4hello", "bAQIDBA==");
    assert.equal((await session.get()).text, "4hello\x1ebAQIDBA==");
  });

  it("keeps every byte of text and binary", async () => {
    const session = await openPolling(server);
    const texts = ["4", "4 ", '4\\"\\n\n\r\t', "4é€\u{1f600}\u0000\u2028", "4b64", "44", "4%1E+"];
    const binary = Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString("base64");
    await session.send(...texts, `b${binary}`, "b");
    const echoed = [];
    while (echoed.length < texts.length + 2) echoed.push(await session.next());
    assert.deepEqual(echoed, [...texts, `b${binary}`, "b"]);
  });

  it("accepts base64 as clients in other languages write it", async () => {
    const session = await openPolling(server);
    const bytes = Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 7 + 3) % 256));
    const strict = bytes.toString("base64");
    const wrapped = strict.replace(/.{76}/g, "$&\n") + "\n";
    const crlf = strict.replace(/.{76}/g, "$&\r\n");
    const unpadded = strict.replace(/=+$/, "");
    await session.send(`b${wrapped}`, `b${crlf}`, `b${bytes.toString("base64url")}`, `b${unpadded}`);
    for (let i = 0; i < 4; ++i) assert.equal(await session.next(), `b${strict}`);
  });

  it("sends at most 16 packets an answer, in order (python clients refuse more)", async () => {
    const session = await openPolling(server);
    const sent = Array.from({ length: 50 }, (_, i) => `4number ${i}`);
    await session.send(...sent.slice(0, 30));
    await session.send(...sent.slice(30));
    const received = [];
    while (received.length < sent.length) {
      const packets = await session.packets();
      assert.ok(packets.length <= 16, `${packets.length} packets in one answer`);
      received.push(...packets.filter((p) => p !== "2"));
    }
    assert.deepEqual(received, sent);
  });

  it("holds a GET until there is something to say", async () => {
    const session = await openPolling(server);
    const poll = session.get();
    let answered = false;
    poll.then(() => (answered = true));
    await delay(120);
    assert.equal(answered, false);
    await session.send("4now");
    assert.equal((await poll).text, "4now");
  });

  it("serves a whole session over one kept-alive TCP connection", async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    let sockets = 0;
    const original = agent.createConnection.bind(agent);
    agent.createConnection = (...args) => (++sockets, original(...args));
    const session = await openPolling(server, { agent });
    for (let i = 0; i < 20; ++i) {
      await session.send(`4round ${i}`);
      assert.equal(await session.next(), `4round ${i}`);
    }
    assert.equal(sockets, 1);
    agent.destroy();
  });

  it("accepts a chunked POST", async () => {
    const session = await openPolling(server);
    const body = "4one\x1e4two";
    const answer = await exchange(
      server,
      `POST ${session.target} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\n${body.slice(0, 3)}\r\n${(body.length - 3).toString(16)}\r\n${body.slice(3)}\r\n0\r\n\r\n`,
    );
    assert.match(answer.text, /^HTTP\/1\.1 200 /);
    assert.equal(await session.next(), "4one");
    assert.equal(await session.next(), "4two");
  });
});

describe("noise that clients make", () => {
  for (const packet of ["3", "0", "5", "6"])
    it(`ignores an unexpected packet ${packet}`, async () => {
      const session = await openPolling(server);
      await session.send(packet);
      await works(session);
    });

  it("serves JSONP properly or not at all", async () => {
    const answer = await request(server, "/engine.io/?EIO=4&transport=polling&j=0");
    if (answer.status === 200) assert.match(answer.text, /^(___eio\[0\]\("0\{.*"\);|0\{.*\})$/);
    else assert.equal(answer.status, 400);
  });
});

describe("one request of a kind at a time", () => {
  it("ends the session upon a second GET", async () => {
    const session = await openPolling(server);
    const first = session.get();
    await delay(20); // the first must be at the server before the second
    const second = await session.get();
    assert.equal(second.status, 400);
    assert.equal(second.text, "");
    const closing = await first;
    assert.equal(closing.status, 200);
    assert.equal(closing.text, "1");
    assert.equal((await session.get()).status, 400);
    await gone(session);
  });

  it("ends the session upon a second POST", async () => {
    const session = await openPolling(server);
    const half = await halfPost(session, 100, "4unfin");
    const cut = new Promise((resolve) => half.once("close", resolve));
    await delay(20);
    const second = await session.post("4second");
    assert.equal(second.status, 400);
    assert.equal(second.text, "");
    await cut;
    await gone(session);
  });

  it("serves a POST while a GET waits", async () => {
    const session = await openPolling(server);
    for (let i = 0; i < 5; ++i) {
      const poll = session.get();
      await session.send(`4${i}`);
      assert.equal((await poll).text, `4${i}`);
    }
  });
});

describe("what ends a session", () => {
  for (const [name, body] of [["an unknown packet type", "abc"], ["an empty body", ""], ["an empty packet", "4a\x1e\x1e4b"], ["base64 that is none", "b!!!"], ["type 7", "7"]])
    it(`ends it upon ${name}`, async () => {
      const session = await openPolling(server);
      const answer = await session.post(body);
      assert.ok([200, 400].includes(answer.status));
      await gone(session);
    });

  it("refuses the very next GET after a bad packet", async () => {
    for (let i = 0; i < 5; ++i) {
      const session = await openPolling(server);
      await session.post("abc");
      assert.equal((await session.get()).status, 400);
    }
  });

  it("ends it upon a heartbeat in the wrong direction", async () => {
    const session = await openPolling(server);
    await session.post("2");
    await gone(session);
  });

  it("refuses the binary bodies of version 3 and ends the session", async () => {
    const session = await openPolling(server);
    const answer = await session.post(Buffer.from([4, 1, 2, 3]), { headers: { "Content-Type": "application/octet-stream" } });
    assert.equal(answer.status, 400);
    assert.equal(answer.text, "");
    await gone(session);
  });

  it("ends it when the client drops its GET", async () => {
    const session = await openPolling(server);
    const socket = net.connect(server.port, "127.0.0.1");
    await new Promise((resolve) => socket.write(`GET ${session.target} HTTP/1.1\r\nHost: localhost\r\n\r\n`, resolve));
    await delay(30);
    socket.destroy();
    await gone(session, 200);
  });

  it("ends it when the client drops its POST", async () => {
    const session = await openPolling(server);
    (await halfPost(session, 10, "4cut")).destroy();
    await gone(session, 200);
  });

  it("answers a waiting GET with a noop when the client closes", async () => {
    const session = await openPolling(server);
    const poll = session.get();
    await delay(20);
    await session.post("1");
    const answer = await poll;
    assert.equal(answer.status, 200);
    assert.equal(answer.text, "6");
    assert.equal((await session.get()).status, 400);
    await gone(session);
  });
});

describe("a close packet and a GET sent at the same time", () => {
  it("are answered 200 and a noop, whichever connection is read first", async () => {
    for (let i = 0; i < 20; ++i) {
      const session = await openPolling(server);
      const [poll] = await Promise.all([session.get(), session.post("1")]);
      assert.equal(poll.status, 200);
      assert.equal(poll.text, "6");
      assert.equal((await session.get()).status, 400);
    }
  });
});

describe("sizes", () => {
  it("takes a body of exactly maxPayload", async () => {
    const session = await openPolling(server);
    const text = `4${"x".repeat(999_999)}`;
    assert.equal((await session.post(text)).text, "ok");
    assert.equal(await session.next(), text);
  });

  it("answers 413 to a larger one and keeps the session", async () => {
    const session = await openPolling(server);
    const answer = await session.post(`4${"x".repeat(1_000_000)}`);
    assert.equal(answer.status, 413);
    assert.equal(answer.text, "");
    await works(session);
  });

  it("answers 413 to a larger one without announced length", async () => {
    const session = await openPolling(server);
    const size = 1_000_001;
    const answer = await exchange(
      server,
      `POST ${session.target} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n4${"x".repeat(size - 1)}\r\n0\r\n\r\n`,
      { until: (text) => text.includes("\r\n\r\n") },
    );
    assert.match(answer.text, /^HTTP\/1\.1 413 /);
  });

  it("answers 413 at once, without waiting for the body", async () => {
    const session = await openPolling(server);
    const answer = await exchange(
      server,
      `POST ${session.target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n4x`,
      { until: (text) => text.includes("\r\n\r\n"), wait: 400 },
    );
    assert.match(answer.text, /^HTTP\/1\.1 413 /);
  });
});

describe("compression", () => {
  const long = `4${"compress me ".repeat(200)}`;

  for (const [accept, decode] of [["gzip", gunzipSync], ["deflate", inflateSync], ["br;q=0, gzip;q=0.8, *;q=0.1", gunzipSync]])
    it(`compresses a long answer for Accept-Encoding: ${accept}`, async () => {
      const session = await openPolling(server);
      await session.send(long);
      const answer = await session.get({ headers: { "Accept-Encoding": accept } });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers["content-encoding"], accept.includes("gzip") ? "gzip" : "deflate");
      assert.equal(decode(answer.raw).toString(), long);
    });

  for (const [name, headers, packet] of [
    ["a short answer", { "Accept-Encoding": "gzip" }, "4short"],
    ["for a client that does not ask", {}, long],
    ["for a client that refuses", { "Accept-Encoding": "gzip;q=0, deflate;q=0" }, long],
  ])
    it(`does not compress ${name}`, async () => {
      const session = await openPolling(server);
      await session.send(packet);
      const answer = await session.get({ headers });
      assert.equal(answer.headers["content-encoding"], undefined);
      assert.equal(answer.text, packet);
    });
});
