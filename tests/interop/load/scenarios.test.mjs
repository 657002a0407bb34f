// Every scenario of the load generator, briefly, against a node.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe } from "node:test";
import { it } from "../support/clients.mjs";
import { startTroupe, tokenAuth } from "../support/servers.mjs";
import { token } from "../support/token.mjs";
import { load } from "./generator.mjs";

const directory = mkdtempSync(path.join(tmpdir(), "troupe-load-"));
const file = (name) => path.join(directory, name);
const brief = ["--warmup", 0.2, "--duration", 0.8];
let node, settings;

before(async () => {
  writeFileSync(file("echo.yaml"), "events: {rules: [{name: echo, to: sender, stamp: false}]}\n");
  settings = { args: ["--config", file("echo.yaml")], set: { "auth.mode": "anonymous", "engine.ping_interval_ms": 300 } };
  node = await startTroupe(settings);
});
after(async () => {
  await node?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function good({ code, result, errors }) {
  assert.equal(code, 0, `${errors} ${JSON.stringify(result?.check)} ${JSON.stringify(result?.connections)}`);
  assert.equal(result.good, true);
  return result;
}

/** An open loop sends what was due from its beginning to its window's end: no more, and most of that in its window. */
function in_time(r, rate) {
  const { publishes, seconds } = r.window;
  assert.ok(publishes <= (seconds + 0.5) * rate && publishes >= (seconds - 0.3) * rate, `${publishes} in ${seconds} s`);
}

describe("connect", () => {
  it("brings everybody in and times every step", async () => {
    const r = good(await load("connect", node, ["--connections", 300, "--rooms", 10, "--server-pid", node.pid]));
    assert.equal(r.connections.established, 300);
    for (const step of ["tcp", "websocket", "socketio", "join", "total"]) assert.equal(r.ramp.latency_ms[step].count, 300);
    assert.equal(r.ramp.latency_ms.tls.count, 0);
    assert.ok(r.ramp.server_cpu_s > 0);
    assert.ok(r.server.rss_kb.after_ramp > 0);
  });

  it("keeps to a rate", async () => {
    const r = good(await load("connect", node, ["--connections", 100, "--connect-rate", 200]));
    assert.ok(r.ramp.seconds > 0.45 && r.ramp.seconds < 10, `${r.ramp.seconds} s`);
  });
});

describe("several generators", () => {
  it("begin together, however fast each connects", async () => {
    const args = ["--connections", 20, "--rooms", 2, "--warmup", 0, "--duration", 0.3, "--begin-after", 2];
    const start = performance.now();
    const pair = [load("fanout", node, [...args, "--connect-rate", 100]), load("fanout", node, args)];
    for (const r of (await Promise.all(pair)).map(good)) {
      assert.ok(r.ramp.seconds < 2, `${r.ramp.seconds} s`);
      assert.ok(r.window.deliveries > 0);
    }
    assert.ok(performance.now() - start > 2300);
  });
});

describe("idle", () => {
  it("answers pings", async () => {
    const args = ["--connections", 50, "--warmup", 0, "--duration", 2, "--server-pid", node.pid];
    const r = good(await load("idle", node, args));
    assert.equal(r.connections.live_at_end, 50);
    assert.ok(r.generator.pings_answered >= 100, `${r.generator.pings_answered} pings`);
  });
});

describe("fanout", () => {
  it("in a closed loop", async () => {
    const args = ["--connections", 60, "--rooms", 6, "--publishers", 3, "--in-flight", 4, "--server-pid", node.pid];
    const r = good(await load("fanout", node, [...args, ...brief]));
    const { publishes, deliveries } = r.window;
    assert.ok(publishes > 100);
    assert.ok(Math.abs(deliveries / publishes - 9) < 1, `${deliveries}/${publishes}`);
    assert.ok(r.server.cpu_s_per_million > 0);
    assert.ok(r.generator.cpu_share > 0);
    assert.ok(r.latency_ms.p50 > 0 && r.latency_ms.p50 <= r.latency_ms.p99 && r.latency_ms.p99 <= r.latency_ms.max);
  });

  it("in an open loop, with large bodies", async () => {
    const args = ["--connections", 20, "--rate", 100, "--payload-bytes", 20_000, ...brief];
    const r = good(await load("fanout", node, args));
    in_time(r, 100);
    assert.equal(r.send_lag_ms.count, r.window.publishes);
    assert.ok(r.generator.bytes > r.window.deliveries * 20_000 * 0.9);
  });

  it("says what the server refuses", async () => {
    const publish = '["chat:message",{"room":"somewhere else","message":"{body}"}]';
    const args = ["--connections", 3, "--rate", 50, "--publish", publish, "--timeout", 0.3, ...brief];
    const { code, result } = await load("fanout", node, args);
    assert.ok(result.check.refused > 10);
    assert.match(result.check.first_refusal, /not_in_room/);
    assert.equal(code, 1);
  });
});

describe("echo", () => {
  it("by acknowledgement", async () => {
    const r = good(await load("echo", node, ["--connections", 20, "--in-flight", 2, ...brief]));
    assert.ok(r.window.deliveries > 100);
  });
  it("by event, in an open loop", async () => {
    const r = good(await load("echo", node, ["--connections", 20, "--rate", 500, "--echo-reply", "event", ...brief]));
    in_time(r, 500);
  });
});

describe("chat", () => {
  it("loses nothing while people come and go", async () => {
    const people = ["--connections", 60, "--rooms", 6, "--rate", 300, "--stay", 0.5, "--away", 0.1, "--seed", 7];
    const r = good(await load("chat", node, [...people, "--warmup", 0, "--duration", 3, "--server-pid", node.pid]));
    assert.ok(r.churn.left > 50 && r.churn.disconnected > 50 && r.churn.came_back > 100, JSON.stringify(r.churn));
    assert.ok(r.window.deliveries > 1000);
  });
});

describe("reconnect", () => {
  it("brings everybody back twice", async () => {
    const r = good(await load("reconnect", node, ["--connections", 200, "--storms", 2, "--hold", 0.1]));
    assert.deepEqual(r.storms.map((s) => [s.cut, s.all_back, s.back_ms.count]), [[200, true, 200], [200, true, 200]]);
  });
});

describe("the way there", () => {
  it("over TLS, with a certificate that is checked", async (t) => {
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject,
      "-keyout", file("key.pem"), "-out", file("cert.pem")], { stdio: "ignore" });
    const set = { ...settings.set, "server.tls_cert": file("cert.pem"), "server.tls_key": file("key.pem") };
    const secure = await startTroupe({ t, set, ca: readFileSync(file("cert.pem")) });
    const args = ["--connections", 40, "--rooms", 4, "--in-flight", 4, ...brief];
    const r = good(await load("fanout", secure, [...args, "--ca", file("cert.pem")]));
    assert.equal(r.ramp.latency_ms.tls.count, 40);
    good(await load("fanout", { url: `https://localhost:${secure.port}` }, [...args, "--insecure"]));
    const { code, result } = await load("connect", secure, ["--connections", 3]);
    assert.equal(result.connections.failed, 3);
    assert.match(result.connections.first_problem, /TLS: certificate verify failed/);
    assert.equal(code, 1);
  });

  it("with tokens, in turn, in a namespace", async (t) => {
    const guarded = await startTroupe({ t, set: { ...tokenAuth } });
    const tokens = ["ann", "bob"].map((userId) => JSON.stringify({ token: token({ userId }) }));
    writeFileSync(file("auth.jsonl"), `${tokens.join("\n")}\n`);
    const args = ["--connections", 20, "--rate", 50, ...brief];
    good(await load("fanout", guarded, [...args, "--auth", `@${file("auth.jsonl")}`]));
    const { code, result } = await load("connect", guarded, ["--connections", 2]);
    assert.equal(result.connections.rejected, 2);
    assert.equal(code, 1);
  });

  it("from several addresses", async () => {
    good(await load("connect", node, ["--connections", 30, "--source-addresses", 3]));
  });

  it("to several nodes at once", async (t) => {
    const other = await startTroupe({ t, ...settings });
    const r = good(await load("idle", node, ["--url", other.url, "--connections", 10, "--warmup", 0, "--duration", 0.2]));
    assert.equal(r.connections.established, 10);
  });
});

describe("an interrupted run", () => {
  it("ends early with its results", async () => {
    const args = ["--connections", 20, "--duration", 50, "--warmup", 0];
    const { code, result } = await load("fanout", node, args, { signalAfter: 3000 });
    assert.equal(result.interrupted, true);
    assert.ok(result.window.deliveries > 0);
    assert.ok(result.window.seconds < 20);
    assert.equal(code, 0);
  });
});
