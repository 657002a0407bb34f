// A cluster under test: a Redis, N nodes, and between all of them relays that can hold back what they carry.
//
// A node binds its link port on an address of its own and advertises the relay's, which has the same port number.

import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Troupe, freePort } from '../../support/troupe.mjs';
import { Redis } from '../support/redis.mjs';
import { Relay } from '../support/relay.mjs';
import { ownerOf } from '../support/socket_owner.mjs';

const api_key = 'key-of-the-fault-tests';
const ping_timeout = 20_000; // ms; engine.ping_timeout_ms
const patience = 300_000; // ms; a node that has not started by then never will

export class Cluster {
  nodes = [];

  /**
   * @param {object} o
   * @param {number} o.nodes
   * @param {string} o.directory  for Redis' data
   * @param {boolean} [o.relays]  false: direct links, for measuring
   * @param {object} [o.set]      configuration on top
   */
  static async start(o) {
    const cluster = new Cluster();
    await mkdir(o.directory, { recursive: true });
    cluster.redis = await Redis.start(o.directory);
    for (let i = 0; i < o.nodes; ++i) cluster.nodes.push(await Node.make(cluster, i, o));
    await Promise.all(cluster.nodes.map((node) => node.start()));
    return cluster;
  }

  get alive() { return this.nodes.filter((node) => node.state === 'up'); }

  /** Everything as it should be: nodes run, nothing is held back. Rejects when a node does not get ready. */
  async heal() {
    for (const node of this.nodes) {
      node.links?.heal();
      node.store?.heal();
      if (node.state === 'stopped') node.resume();
    }
    this.redis.resume();
    if (!this.redis.runs) await this.redis.start();
    await Promise.all(this.nodes.map((node) => (node.state === 'down' ? node.start() : undefined)));
    await Promise.all(this.nodes.map((node) => node.untilReady()));
  }

  /** The way from one node to another, one direction or both: {open, delay}. */
  link(from, to, { open = true, back = open, delay = 0 } = {}) {
    // Of two nodes the one with the smaller id dials.
    if (from.id < to.id) to.links.rule(from.id, { out: open, back, delay });
    else from.links.rule(to.id, { out: back, back: open, delay });
  }

  async stop() {
    for (const node of this.nodes) {
      if (node.state === 'stopped') node.resume();
      node.links?.close();
      node.store?.close();
    }
    await Promise.all(this.nodes.map((node) => node.process.kill()));
    this.redis.resume();
    await this.redis.kill();
  }
}

export class Node {
  /** 'down', 'up', 'stopped' (SIGSTOP) or 'leaving' (SIGTERM). */
  state = 'down';
  /** In this round for so long that its clients may have given it up. */
  stood_still = false;
  #stopped_at = 0;
  /** Why it ended by itself, when it did. */
  crashed = null;
  #broken = new Map();

  static async make(cluster, i, { relays = true, set = {} }) {
    const node = new Node();
    node.id = `n${i + 1}`;
    node.cluster = cluster;
    const linkPort = await freePort();
    let redisPort = cluster.redis.port;
    if (relays) {
      const who = (port) => ownerOf(port, Object.fromEntries(cluster.nodes.map((n) => [n.id, n.process.pid])));
      node.links = new Relay({ host: '127.0.0.1', port: linkPort }, { host: `127.0.1.${i + 1}`, port: linkPort }, who);
      node.store = new Relay({ host: '127.0.0.1', port: 0 }, { host: '127.0.0.1', port: redisPort });
      await node.store.listen();
      redisPort = node.store.here.port;
    }
    node.process = new Troupe({
      set: {
        'server.node_id': node.id,
        'cluster.enabled': true,
        'cluster.name': 'faults',
        'cluster.secret': 'the secret of the fault tests',
        'cluster.host': '127.0.0.1',
        'cluster.bind': relays ? `127.0.1.${i + 1}` : '127.0.0.1',
        'cluster.port': linkPort,
        'redis.url': `redis://127.0.0.1:${redisPort}`,
        'rooms.history.enabled': true,
        'auth.api_keys': `[${api_key}]`,
        'limits.events_per_minute': 0,
        'limits.connects_per_minute': 0,
        ...set,
      },
      timeout_ms: patience,
    }, await freePort());
    return node;
  }

  get url() { return this.process.url; }

  async start() {
    await this.links?.listen();
    this.crashed = null;
    this.#broken.clear();
    const starting = this.process.start();
    this.#watch();
    await starting;
    this.state = 'up';
  }

  #watch() {
    const run = this.process.exited;
    run.then(({ code, signal }) => {
      if (this.process.exited !== run || this.state === 'down' || this.state === 'leaving') return;
      this.crashed = `${this.id} ended by itself: ${signal ?? `exit ${code}`}`;
      this.state = 'down';
      this.links?.deaf();
    });
  }

  async kill() {
    this.state = 'down';
    this.links?.deaf();
    await this.process.kill();
  }

  /** SIGTERM; resolves with {code, signal, ms} when it has ended. */
  async terminate() {
    this.state = 'leaving';
    const began = performance.now();
    const outcome = await this.process.stop({ grace_ms: 60_000 });
    this.state = 'down';
    this.links?.deaf();
    return { ...outcome, ms: performance.now() - began };
  }

  suspend() {
    process.kill(this.process.pid, 'SIGSTOP');
    this.#stopped_at = performance.now();
    this.state = 'stopped';
  }

  resume() {
    this.stood_still ||= performance.now() - this.#stopped_at >= ping_timeout;
    process.kill(this.process.pid, 'SIGCONT');
    this.state = 'up';
  }

  /** What /ready says: {ready, state, reasons}, or null when nobody answers. */
  async readiness() {
    try {
      const answer = await fetch(`${this.url}/ready`, { signal: AbortSignal.timeout(5_000) });
      return await answer.json();
    } catch {
      return null;
    }
  }

  /** Looks are counted, not time (see Crowd.until). */
  async untilReady() {
    let last = null;
    for (let look = 0; look < 3_000; ++look) {
      last = await this.readiness();
      if (last?.ready) return;
      await delay(20); // readiness can only be asked for
    }
    throw new Error(`${this.id} does not get ready: ${JSON.stringify(last)}`);
  }

  /** What GET /api/v1/<path> says, or why not. */
  async api(path) {
    try {
      const answer = await fetch(`${this.url}/api/v1/${path}`, {
        headers: { authorization: `Bearer ${api_key}` }, signal: AbortSignal.timeout(7_000),
      });
      return await answer.json();
    } catch (error) {
      return { ok: false, error: { code: error.name, message: error.message } };
    }
  }

  async metrics() {
    const answer = await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(5_000) });
    return answer.text();
  }

  /** What /metrics says that must be 0 and is not, by name; of this process, and new since it was asked last. */
  async broken() {
    const found = {};
    try {
      const text = await this.metrics();
      for (const [, name] of text.matchAll(/^# HELP (\S+) Invariant, 0/gm)) {
        const value = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce((sum, m) => sum + Number(m[1]), 0);
        if (value > (this.#broken.get(name) ?? 0)) found[name] = value;
        this.#broken.set(name, value);
      }
    } catch (error) {
      found.metrics = error.message;
    }
    return found;
  }
}
