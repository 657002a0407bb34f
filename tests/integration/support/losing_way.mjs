// A client's way to the nodes that loses what a test wants lost: the connection after something was sent, or the answer to it.

import { connect, createServer } from 'node:net';

export class LosingWay {
  #pairs = new Set();
  #armed = null;

  /** @param {() => number} port  of a node that lives, asked for each connection */
  static async open(port) {
    const way = new LosingWay();
    way.server = createServer((near) => way.#join(near, port()));
    await new Promise((done) => way.server.listen(0, '127.0.0.1', done));
    way.url = `http://127.0.0.1:${way.server.address().port}`;
    return way;
  }

  /** What the client sends next arrives, and the connection is cut before any answer. */
  cut_after_sending() { this.#armed = 'cut'; }

  /** What the client sends next does not arrive: the connection is cut. */
  cut_before_sending() { this.#armed = 'before'; }

  /** What the client sends from the next message on arrives, and no answer comes for `ms`; then the connection is cut. */
  lose_answers(ms) { this.#armed = ms; }

  cut() {
    for (const pair of [...this.#pairs]) pair.end();
  }

  #join(near, port) {
    if (!port) return near.destroy();
    const far = connect(port, '127.0.0.1');
    const pair = { near, far, deaf: false };
    this.#pairs.add(pair);
    pair.end = () => {
      near.destroy();
      far.destroy();
      this.#pairs.delete(pair);
    };
    for (const side of [near, far]) side.on('error', pair.end).on('close', pair.end);
    far.on('data', (chunk) => pair.deaf || near.write(chunk));
    near.on('data', (chunk) => this.#pass(pair, chunk));
  }

  #pass(pair, chunk) {
    const how = this.#armed;
    this.#armed = null;
    if (how === 'before') return pair.end();
    if (how === 'cut') {
      pair.deaf = true;
      return pair.far.end(chunk, () => pair.near.resetAndDestroy()); // the server reads it before it sees the end
    }
    if (how) {
      pair.deaf = true;
      setTimeout(pair.end, how);
    }
    pair.far.write(chunk);
  }

  close() {
    this.server.close();
    this.cut();
  }
}
