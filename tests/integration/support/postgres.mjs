// A PostgreSQL server of a test's own, on a port that stays the same over restarts. It refuses to run as root, so then somebody else
// runs it, in a directory that is theirs.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../support/troupe.mjs';

const password = 'secret of the postgres tests';
const run = promisify(execFile);
const running = new Set();
process.on('exit', () => {
  for (const server of running) server.end();
});

/** Debian keeps servers of several versions beside each other, and none of them in the path. */
function newestPrograms() {
  const home = '/usr/lib/postgresql';
  const versions = existsSync(home) ? readdirSync(home).filter((v) => existsSync(join(home, v, 'bin/initdb'))) : [];
  if (!versions.length) throw new Error('there is no PostgreSQL server (Debian package postgresql)');
  return join(home, versions.sort((a, b) => b - a)[0], 'bin');
}

/** {uid, gid} of whoever runs it; nothing: we do. */
function somebody() {
  if (process.getuid() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (what) => Number(execFileSync('id', [what, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch { /* no such user */ }
  }
  throw new Error('there is nobody but root to run PostgreSQL');
}

export class Postgres {
  #child = null;
  #exited = Promise.resolve();
  #programs = newestPrograms();
  #who = somebody();

  static async start() {
    const server = new Postgres();
    server.directory = mkdtempSync(join(tmpdir(), 'troupe-postgres-'));
    running.add(server);
    const file = join(server.directory, 'password');
    writeFileSync(file, password);
    if (server.#who.uid !== undefined) for (const path of [server.directory, file]) chownSync(path, server.#who.uid, server.#who.gid);
    await run(join(server.#programs, 'initdb'), [
      '--pgdata', server.#data, '--username=postgres', `--pwfile=${file}`, '--auth=scram-sha-256', '--no-sync', '--encoding=UTF8', '--locale=C',
    ], { cwd: server.directory, ...server.#who });
    server.port = await freePort();
    await server.start();
    return server;
  }

  get #data() { return join(this.directory, 'data'); }
  get url() { return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${this.port}/postgres`; }
  /** Must appear in no log. */
  static get password() { return password; }

  /** Resolves when it answers. */
  async start() {
    const child = spawn(join(this.#programs, 'postgres'), ['-D', this.#data, ...Object.entries({
      listen_addresses: '127.0.0.1', port: this.port, unix_socket_directories: '', fsync: 'off', max_connections: 40, shared_buffers: '16MB',
    }).flatMap(([name, value]) => ['-c', `${name}=${value}`])], { cwd: this.directory, stdio: 'ignore', ...this.#who });
    this.#child = child;
    let over = false;
    this.#exited = new Promise((done) => {
      const end = () => { over = true; done(); };
      child.once('exit', end).once('error', end);
    });
    const deadline = Date.now() + 60_000;
    while (!(await this.ask('SELECT 1').catch(() => null))) {
      if (over || Date.now() > deadline) throw new Error('postgres did not start');
      await delay(20); // it can only be asked
    }
  }

  /** Ends it at once, as a crash would: what it had committed is recovered by the next start. */
  async kill() {
    this.resume();
    this.#child?.kill('SIGQUIT'); // those who serve its clients end as well
    await this.#exited;
    this.#child = null;
  }

  stop() { this.#signal('SIGSTOP'); }
  resume() { this.#signal('SIGCONT'); }

  /** Ends it, and takes its directory away. */
  async remove() {
    await this.kill();
    this.end();
  }

  /** The same without waiting. */
  end() {
    running.delete(this);
    this.#child?.kill('SIGCONT');
    this.#child?.kill('SIGQUIT');
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The server and those who serve its clients. */
  #signal(which) {
    const pid = this.#child?.pid;
    if (!pid) return;
    for (const one of [pid, ...readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean)]) {
      try {
        process.kill(Number(one), which);
      } catch { /* it has ended */ }
    }
  }

  /** Rows of a statement, as lines of text. */
  async ask(sql) {
    const { stdout } = await run(join(this.#programs, 'psql'), ['-XAtqc', sql, this.url], { timeout: 10_000, env: { PGCONNECT_TIMEOUT: '5' } });
    return stdout.trimEnd().split('\n');
  }
}
