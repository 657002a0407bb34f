// Starts and stops real Troupe nodes for the tests that are written in JavaScript.
//
//   const node = await startTroupe({ t, set: { 'auth.mode': 'anonymous' } });
//   const socket = io(node.url);
//   await node.stop();            // also done by itself when the test or the process ends
//
// The binary is TROUPE_BIN, else the newest of build/{dev,release,asan}/troupe.

import { execFile, spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

const log_limit = 1_000_000; // characters of output kept per node; the oldest go first
const running = new Set();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) {
  process.once(signal, () => process.exit(code));
}

/** Path of the binary under test; throws a sentence that says how to get one. */
export function troupeBinary() {
  if (process.env.TROUPE_BIN) return resolve(process.env.TROUPE_BIN);
  const built = ['dev', 'release', 'asan']
    .map((preset) => join(root, 'build', preset, 'troupe'))
    .filter(existsSync)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!built.length) throw new Error('no Troupe binary: run scripts/serve --build-only, or set TROUPE_BIN');
  return built[0];
}

/**
 * A TCP port of loopback that was free a moment ago, below those from which the system serves connections: a node that is
 * started again finds it free.
 */
export async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port) {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, () => probe.close(() => done(true))); // on all addresses, so nobody has it on any
  });
}

/** Runs a CLI command such as ['token', '--user', 'ann'] and returns its trimmed standard output. */
export async function troupe(args, { env = {} } = {}) {
  const { stdout } = await promisify(execFile)(troupeBinary(), args, {
    env: { ...cleanEnvironment(), ...env },
    timeout: 10_000,
  });
  return stdout.trim();
}

/**
 * Starts `troupe serve` and resolves when GET /ready answers 200.
 *
 * @param {object} options
 * @param {object} [options.set]   configuration, e.g. {'engine.ping_interval_ms': 300}
 * @param {string[]} [options.args] further command line arguments
 * @param {object} [options.env]   environment on top of the present one (TROUPE_* and aliases are removed from that)
 * @param {number} [options.port]  default: a free one
 * @param {object} [options.t]     node:test context: the node is stopped after that test
 * @param {string} [options.ca]    PEM of the authority of the node's certificate, when `set` makes it speak TLS
 * @param {number} [options.timeout_ms] how long the start may take
 * @returns {Promise<Troupe>}
 */
export async function startTroupe(options = {}) {
  const node = new Troupe(options, options.port ?? (await freePort()));
  options.t?.after(() => node.stop());
  await node.start();
  return node;
}

/** One node, possibly started several times on the same port. */
export class Troupe {
  #options;
  #child = null;
  #exited = null;
  #log = '';

  constructor(options, port) {
    this.#options = options;
    this.port = port;
    this.url = `${options.ca ? 'https' : 'http'}://127.0.0.1:${port}`;
  }

  get pid() { return this.#child?.pid; }

  /** What the node printed so far, both streams, over all starts. */
  get log() { return this.#log; }

  /** Resolves to {code, signal} when the present process has ended. */
  get exited() { return this.#exited; }

  async start() {
    const { set = {}, args = [], env = {}, timeout_ms = 20_000 } = this.#options;
    const settings = { 'server.host': '127.0.0.1', 'server.port': this.port, ...set };
    const line = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const child = spawn(troupeBinary(), ['serve', ...line, ...args], {
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => { this.#log = (this.#log + text).slice(-log_limit); });
    }
    this.#exited = new Promise((done) => {
      child.once('error', (error) => { running.delete(child); done({ code: null, signal: null, error }); });
      child.once('close', (code, signal) => { running.delete(child); done({ code, signal }); });
    });
    await this.#untilReady(timeout_ms);
  }

  /** Asks the node to stop (SIGTERM), ends it after `grace_ms`; resolves to {code, signal}. Idempotent. */
  async stop({ signal = 'SIGTERM', grace_ms = 15_000 } = {}) {
    const child = this.#child;
    if (!child) return this.#exited;
    this.#child = null;
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), grace_ms);
    const outcome = await this.#exited;
    clearTimeout(timer);
    return outcome;
  }

  /** Ends the process at once, as a crash would. */
  async kill() { return this.stop({ signal: 'SIGKILL' }); }

  /** Stops, runs `between`, and starts again on the same port. */
  async restart({ between, ...how } = {}) {
    await this.stop(how);
    await between?.();
    await this.start();
  }

  async #untilReady(timeout_ms) {
    let over = null;
    this.#exited.then((outcome) => { over = outcome; });
    const deadline = Date.now() + timeout_ms;
    while (Date.now() < deadline && !over) {
      if ((await isReady(this.url, this.#options.ca)) && !over) return;
      await delay(20); // readiness can only be asked for
    }
    const why = over ? `ended (${over.error?.message ?? over.signal ?? `exit ${over.code}`})` : 'was not ready in time';
    await this.kill();
    throw new Error(`${troupeBinary()} ${why}; it said:\n${this.#log.slice(-4_000) || '(nothing)'}`);
  }
}

function isReady(url, ca) {
  if (!ca) {
    return fetch(`${url}/ready`, { signal: AbortSignal.timeout(1_000) })
      .then((answer) => answer.arrayBuffer().then(() => answer.status === 200), () => false);
  }
  return new Promise((done) => {
    get(`${url}/ready`, { ca, agent: false, timeout: 1_000 }, (answer) => {
      answer.resume().on('end', () => done(answer.statusCode === 200));
    }).on('error', () => done(false));
  });
}

// A developer's own settings must not change what a test sees.
function cleanEnvironment() {
  const aliases =
    /^(TROUPE_|REDIS_|SOCKET_IO_|KAFKA_)|^(DATABASE_URL|AUTH_SECRET|LOG_LEVEL|SERVER_ID|ENABLE_WEBSOCKET_CLUSTERING)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !aliases.test(name)));
}
