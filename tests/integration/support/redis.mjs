// A redis-server of a test's own, on a port that stays the same over restarts.

import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../support/troupe.mjs';

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Redis {
  #child = null;
  #exited = Promise.resolve();
  #arguments = [];

  /** `directory` holds the data; it is emptied. `master`: another Redis, of which this one is to be a replica. */
  static async start(directory, { master = null } = {}) {
    const redis = new Redis();
    if (master) redis.#arguments = ['--replicaof', `127.0.0.1 ${master.port}`];
    redis.port = await freePort();
    redis.directory = join(directory, 'redis');
    await redis.#empty();
    await redis.start();
    return redis;
  }

  /** Resolves when it answers. What it kept in its directory is loaded: an append-only file, whole after a kill. */
  async start() {
    const child = spawn('redis-server', [
      '--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes',
      '--appendfsync', 'no', '--auto-aof-rewrite-percentage', '0', '--dir', this.directory,
      '--repl-diskless-sync-delay', '0', ...this.#arguments,
    ], { stdio: 'ignore' });
    this.#child = child;
    running.add(child);
    let over = false;
    this.#exited = new Promise((done) => {
      const end = () => { over = true; running.delete(child); done(); };
      child.once('exit', end).once('error', end);
    });
    const deadline = Date.now() + 60_000;
    while (!(await this.#answers())) {
      if (over || Date.now() > deadline) throw new Error('redis-server did not start (Debian package redis-server)');
      await delay(20); // it can only be asked
    }
  }

  /** Ends it at once. What it had answered is in the append-only file. */
  async kill() {
    this.#child?.kill('SIGKILL');
    await this.#exited;
    this.#child = null;
  }

  get runs() { return this.#child !== null; }

  stop() { this.#child?.kill('SIGSTOP'); }
  resume() { this.#child?.kill('SIGCONT'); }

  /** Remembers the data as they are now. */
  async remember() {
    await rm(this.directory + '.old', { recursive: true, force: true });
    await cp(this.directory, this.directory + '.old', { recursive: true });
  }

  /** Only while it is down: back to what was remembered. */
  async rollBack() {
    await rm(this.directory, { recursive: true, force: true });
    await cp(this.directory + '.old', this.directory, { recursive: true });
  }

  /** Only while it is down. */
  async forget() { await this.#empty(); }

  /** What redis-cli says to a command, by lines. */
  async ask(...command) {
    const { stdout } = await promisify(execFile)('redis-cli', ['-p', String(this.port), ...command], { timeout: 5_000 });
    return stdout.trimEnd().split('\n');
  }

  async #empty() {
    await rm(this.directory, { recursive: true, force: true });
    await mkdir(this.directory, { recursive: true });
  }

  #answers() {
    return new Promise((done) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write('PING\r\n'));
      socket.once('data', (answer) => { socket.destroy(); done(String(answer).startsWith('+PONG')); });
      socket.once('error', () => done(false));
      socket.setTimeout(5_000, () => { socket.destroy(); done(false); });
    });
  }
}
