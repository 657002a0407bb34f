// The programs the suites talk to: examples/protocol_echo, the interop application and the troupe node.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { freePort, root, startTroupe as start } from "../../support/troupe.mjs";
import { launch } from "./process.mjs";

/** The program named by the environment, else the one of the usual build directories. */
function program(variable, relative) {
  if (process.env[variable]) return process.env[variable];
  const found = ["release", "dev"].map((preset) => join(root, "build", preset, relative)).find(existsSync);
  if (!found) throw new Error(`set ${variable}, or build ${relative} in build/release or build/dev`);
  return found;
}

const settings = (set) => Object.entries(set).flatMap(([key, value]) => ["--set", `${key}=${value}`]);

/** examples/protocol_echo: ping 300 ms, timeout 200 ms, raw Engine.IO echo at /engine.io/, Socket.IO at /socket.io/. */
export async function startEcho({ args = [] } = {}) {
  const port = await freePort();
  return launch(program("ECHO_BIN", "examples/protocol_echo"), ["--port", String(port), ...args], { port });
}

/** The application of app/: a program with the library's operations on request. `set` as in `startTroupe`. */
export async function startApp({ set = {}, port } = {}) {
  port ??= await freePort();
  return launch(program("APP_BIN", "tests/interop/interop_app"), ["--port", String(port), ...settings(set)], { port });
}

/** A node with the built-in events; `set` is its configuration. No rate limit unless asked for. */
export const startTroupe = ({ set = {}, ...options } = {}) =>
  start({ ...options, set: { "limits.events_per_minute": 0, ...set } });

/** The secret of nodes started with `tokenAuth`; tokens come from `token.mjs`. */
export const secret = "interop-secret-interop-secret-interop";
export const tokenAuth = { "auth.mode": "token", "auth.jwt.secret": secret };
