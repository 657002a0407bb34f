// One client's way to the cluster: a TCP balancer over the nodes that live, whose connections break when a test wants it.

import { connect, createServer } from 'node:net';

export class FlakyWay {
  /** Ids of the nodes that have carried the client since it last arrived, and still may know what it has got. */
  nodes = new Set();
  /** No: whoever comes is reset. */
  reachable = true;
  #turn;
  #pairs = new Set();

  /**
   * @param {() => {id: string, url: string}[]} nodes  that live, asked for each connection
   * @param {number} turn  with which of them it begins
   */
  static async open(nodes, turn = 0) {
    const way = new FlakyWay();
    way.#turn = turn;
    way.server = createServer((near) => way.#join(near, nodes()));
    await new Promise((done) => way.server.listen(0, '127.0.0.1', done));
    way.url = `http://127.0.0.1:${way.server.address().port}`;
    return way;
  }

  #join(near, nodes) {
    near.on('error', () => {});
    if (!this.reachable || nodes.length === 0) return near.resetAndDestroy();
    const node = nodes[this.#turn++ % nodes.length];
    const far = connect({ host: '127.0.0.1', port: Number(new URL(node.url).port), noDelay: true });
    near.setNoDelay(true);
    this.node = node.id;
    this.nodes.add(node.id);
    const pair = { near, far, silent: false };
    this.#pairs.add(pair);
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on('data', (chunk) => pair.silent || to.destroyed || to.write(chunk));
      from.on('error', () => {}).on('close', () => {
        if (near.destroyed && far.destroyed) this.#pairs.delete(pair);
        else if (!pair.silent) to.destroy();
      });
    }
  }

  /** The client is there: what other nodes knew of it is of no use any more. */
  arrived() {
    this.nodes = new Set([this.node]);
  }

  /** Both sides see a reset. */
  reset() {
    for (const { near, far } of this.#pairs) near.resetAndDestroy(), far.resetAndDestroy();
  }

  /** The client sees a reset; the server's side stays open and hears nothing. */
  half_open() {
    for (const pair of this.#pairs) {
      pair.silent = true;
      pair.near.resetAndDestroy();
    }
  }

  /** Nobody sees anything, and nothing is carried any more. */
  silence() {
    for (const pair of this.#pairs) pair.silent = true;
  }

  close() {
    this.server.close();
    for (const { near, far } of this.#pairs) near.destroy(), far.destroy();
  }
}
