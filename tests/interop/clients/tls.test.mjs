// A node that speaks TLS itself, with official clients that check its certificate.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect as plain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { connect } from "node:tls";
import { startTroupe } from "../../support/troupe.mjs";
import { ask, client, collect, event, it, matrix, ready } from "../support/clients.mjs";

const dir = mkdtempSync(join(tmpdir(), "troupe-tls-"));
const files = { cert: join(dir, "cert.pem"), key: join(dir, "key.pem") };
let node, ca;
before(async () => {
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
    "-subj", "/CN=troupe test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", files.key, "-out", files.cert], { stdio: "ignore" });
  ca = readFileSync(files.cert, "utf8");
  node = await startTroupe({ ca, set: { "auth.mode": "anonymous", "server.tls_cert": files.cert, "server.tls_key": files.key } });
});
after(async () => {
  await node?.stop();
  rmSync(dir, { recursive: true });
});
const server = () => node;

describe("TLS", () => {
  matrix("carries rooms, acks, order and large messages", server, async ({ open, t }) => {
    const [ann, bob] = [open("/", { ca }), open("/", { ca })];
    await ready(ann, bob);
    const room = `r-${Math.random()}`;
    assert.equal((await ask(ann, "join_room", room))[0].ok, true);
    assert.equal((await ask(bob, "join_room", room))[0].ok, true);
    const heard = collect(bob, "new_message", 50);
    for (let i = 0; i < 50; i++) ann.emit("chat:message", { room, message: i });
    assert.deepEqual((await heard).map(([m]) => m.message), [...Array(50).keys()]);

    const large = "x".repeat(900_000); // many TLS records, more than one read
    const arrived = event(bob, "new_message");
    assert.equal((await ask(ann, "chat:message", { room, message: large }))[0].ok, true);
    assert.equal((await arrived)[0].message, large);
  });

  it("is checked: a client that does not trust the certificate does not connect", async (t) => {
    const socket = client(t, node)("/", { reconnection: false });
    await assert.rejects(ready(socket));
    assert.equal(socket.connected, false);
  });

  it("is 1.2 or newer, and 1.3 where the client can", async () => {
    const talk = (options) => new Promise((resolve, reject) => {
      const s = connect({ port: node.port, host: "127.0.0.1", ca, ...options }, () => {
        resolve(s.getProtocol());
        s.destroy();
      }).on("error", reject);
    });
    assert.equal(await talk({}), "TLSv1.3");
    assert.equal(await talk({ maxVersion: "TLSv1.2" }), "TLSv1.2");
    await assert.rejects(talk({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL@SECLEVEL=0" }));
  });

  it("is demanded: plain HTTP and garbage end their own connection only", async (t) => {
    const socket = client(t, node)("/", { ca });
    await ready(socket);
    for (const bytes of ["GET /live HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\xff\xff" + "z".repeat(300), "\0"]) {
      const s = plain({ port: node.port, host: "127.0.0.1" }).on("error", () => {});
      s.end(bytes, "latin1");
      const answer = await new Promise((resolve) => {
        let got = "";
        s.setEncoding("latin1").on("data", (d) => (got += d)).on("close", () => resolve(got));
      });
      assert.doesNotMatch(answer, /HTTP/);
    }
    assert.equal((await ask(socket, "join_room", "still-here"))[0].ok, true);
  });
});
