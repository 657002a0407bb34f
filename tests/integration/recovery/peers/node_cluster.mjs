// Three Socket.IO servers on Node, each a process, and a Redis: the same to the tests as a cluster of Troupe.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../support/troupe.mjs';
import { Redis } from '../../support/redis.mjs';

const program = fileURLToPath(new URL('server.mjs', import.meta.url));
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class NodeCluster {
  nodes = [];

  /** @param {{nodes: number, directory: string, pings: {interval: number, timeout: number}}} o */
  static async start({ nodes, directory, pings }) {
    const cluster = new NodeCluster();
    await mkdir(directory, { recursive: true });
    cluster.redis = await Redis.start(directory);
    for (let i = 0; i < nodes; ++i) cluster.nodes.push(new Peer(`p${i + 1}`, await freePort(), cluster.redis.port, pings));
    await Promise.all(cluster.nodes.map((node) => node.start()));
    return cluster;
  }

  get alive() { return this.nodes.filter((node) => node.state === 'up'); }

  async stop() {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.redis.kill();
  }
}

class Peer {
  /** 'down', 'up' or 'leaving' (SIGTERM). */
  state = 'down';
  #child = null;
  #exited = Promise.resolve();

  constructor(id, port, redis_port, pings) {
    Object.assign(this, { id, port, url: `http://127.0.0.1:${port}` });
    this.environment = { ...process.env, PORT: port, REDIS_PORT: redis_port, PING_INTERVAL: pings.interval, PING_TIMEOUT: pings.timeout };
  }

  get pid() { return this.#child?.pid; }

  /** Resolves when it takes clients. */
  async start() {
    const child = spawn(process.execPath, [program], { env: this.environment, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    running.add(child);
    this.#exited = once(child, 'exit').then(() => { running.delete(child); this.state = 'down'; });
    const says = await Promise.race([once(createInterface(child.stdout), 'line'), this.#exited]);
    if (!says) throw new Error(`${program} ended before it was ready`);
    this.state = 'up';
  }

  async untilReady() {}

  async kill() {
    this.state = 'down';
    this.#child?.kill('SIGKILL');
    await this.#exited;
  }

  async terminate() {
    this.state = 'leaving';
    const child = this.#child;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await this.#exited;
    clearTimeout(timer);
  }
}
