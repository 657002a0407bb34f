// The clients' way to the cluster: a TCP balancer over the nodes that live, whose connections break when a test wants it.

import { connect, createServer } from 'node:net';

export class FlakyWay {
  #turn = 0;
  #pairs = new Set();

  /** @param {() => number[]} ports  of the nodes that live, asked for each connection */
  static async open(ports) {
    const way = new FlakyWay();
    way.server = createServer((near) => way.#join(near, ports()));
    await new Promise((done) => way.server.listen(0, '127.0.0.1', done));
    way.url = `http://127.0.0.1:${way.server.address().port}`;
    return way;
  }

  #join(near, ports) {
    if (ports.length === 0) return near.destroy();
    const far = connect(ports[this.#turn++ % ports.length], '127.0.0.1');
    const pair = { near, far, silent: false };
    this.#pairs.add(pair);
    const end = () => {
      if (pair.silent) return; // neither side hears of the other's end
      near.destroy();
      far.destroy();
      this.#pairs.delete(pair);
    };
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on('error', end).on('close', end);
      from.on('data', (chunk) => pair.silent || to.write(chunk));
    }
  }

  /** Breaks that share of the connections: both sides see a reset. */
  cut(share, dice) {
    for (const pair of [...this.#pairs])
      if (dice.chance(share)) for (const side of [pair.near, pair.far]) side.resetAndDestroy();
  }

  /** The same, but the server's side stays open and hears nothing. */
  half(share, dice) {
    for (const pair of [...this.#pairs])
      if (dice.chance(share)) {
        pair.silent = true;
        pair.near.resetAndDestroy();
      }
  }

  close() {
    this.server.close();
    for (const { near, far } of this.#pairs) near.destroy(), far.destroy();
  }
}
