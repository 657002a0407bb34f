// Stands between two programs that talk over TCP, and is the network between them: carries, delays, holds back, cuts.
//
// What is held back is kept and arrives later, as TCP would bring it after the network has healed; an end waits in the
// same line. Directions: `out` from whoever connected to the target, `back` from the target.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const open = Object.freeze({ out: true, back: true, delay: 0 });

/** One direction of one connection. */
class Lane {
  #line = []; // [due, chunk or null for the end]
  #timer = null;

  constructor(from, to, rule) {
    this.from = from;
    this.to = to;
    this.rule = rule;
    from.on('data', (chunk) => this.#take(chunk));
    from.on('error', () => {}).on('close', () => this.#take(null));
  }

  #take(chunk) {
    this.#line.push([performance.now() + this.rule().delay, chunk]);
    this.flush();
  }

  flush() {
    clearTimeout(this.#timer);
    const { open, delay } = this.rule();
    while (open && this.#line.length) {
      const wait = delay ? this.#line[0][0] - performance.now() : 0;
      if (wait > 0) {
        this.#timer = setTimeout(() => this.flush(), wait);
        break;
      }
      const [, chunk] = this.#line.shift();
      if (chunk) this.to.write(chunk);
      else this.to.destroy();
    }
    if (this.#line.length > 100) this.from.pause();
    else if (!this.from.destroyed) this.from.resume();
  }
}

export class Relay {
  #rules = new Map();
  pairs = new Set();
  #server = null;

  /**
   * @param {{host: string, port: number}} here    where it listens
   * @param {{host: string, port: number}} target
   * @param {(port: number) => string} [who] names whoever connected from this local port; rules go by that name
   */
  constructor(here, target, who = () => '') {
    this.here = here;
    this.target = target;
    this.who = who;
  }

  async listen() {
    if (this.#server) return;
    this.#server = createServer((near) => this.#accept(near));
    this.#server.listen(this.here.port, this.here.host);
    await once(this.#server, 'listening');
    this.here.port = this.#server.address().port;
  }

  /** New connections are refused from now on, as when the target's process is gone. */
  deaf() {
    this.#server?.close();
    this.#server = null;
  }

  /** What holds for connections from `name` from now on: {out, back: carried at all, delay: ms each way}. */
  rule(name, changes) {
    this.#rules.set(name, { ...(this.#rules.get(name) ?? open), ...changes });
    this.#flush(name);
  }

  /** As at the beginning. */
  heal() {
    this.#rules.clear();
    this.#flush();
  }

  close() {
    this.deaf();
    for (const { near, far } of this.pairs) {
      near.destroy();
      far.destroy();
    }
  }

  #accept(near) {
    near.on('error', () => {});
    near.setNoDelay(true);
    const name = this.who(near.remotePort);
    const far = connect({ ...this.target, noDelay: true });
    const rule = () => this.#rules.get(name) ?? open;
    const pair = {
      name, near, far,
      lanes: [
        new Lane(near, far, () => ({ open: rule().out, delay: rule().delay })),
        new Lane(far, near, () => ({ open: rule().back, delay: rule().delay })),
      ],
    };
    this.pairs.add(pair);
    const over = () => { if (near.destroyed && far.destroyed) this.pairs.delete(pair); };
    near.on('close', over);
    far.on('close', over);
  }

  #flush(name) {
    for (const pair of this.pairs) {
      if (name === undefined || pair.name === name) for (const lane of pair.lanes) lane.flush();
    }
  }
}
