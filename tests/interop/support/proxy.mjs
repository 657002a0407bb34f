// A TCP forwarder between client and server, to break connections as a network does.
import net from "node:net";
import { once } from "node:events";

export class Proxy {
  constructor(target) {
    this.pairs = new Set();
    this.server = net.createServer((near) => {
      if (this.refusing) return near.destroy();
      const far = net.connect(target.port, "127.0.0.1");
      const pair = [near, far];
      this.pairs.add(pair);
      const end = () => {
        if (this.silent) return; // the other side is not told either
        pair.forEach((s) => s.destroy());
        this.pairs.delete(pair);
      };
      for (const [from, to] of [[near, far], [far, near]]) {
        from.on("error", end).on("close", end);
        from.on("data", (chunk) => this.silent || to.write(chunk));
      }
    });
  }

  async start() {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
    return this;
  }

  /** Breaks all connections; new ones are accepted. */
  cut() {
    for (const pair of this.pairs) pair.forEach((s) => s.destroy());
    this.pairs.clear();
  }

  /** Until `resume`, connections stay open and carry nothing; new ones are refused when `refuse` is set. */
  stall({ refuse = false } = {}) {
    this.silent = true;
    this.refusing = refuse;
  }

  resume() {
    this.silent = this.refusing = false;
  }

  stop() {
    this.server.close();
    this.cut();
  }
}
