// An Engine.IO session over long-polling, request by request.
import assert from "node:assert/strict";
import { request } from "./http.mjs";

export const SEPARATOR = "\x1e";

export class PollingSession {
  constructor(server, path, open, rest, agent) {
    Object.assign(this, { server, path, open, rest, agent, sid: open.sid });
    this.target = `${path}?EIO=4&transport=polling&sid=${open.sid}`;
  }

  get(options = {}) {
    return request(this.server, this.target, { agent: this.agent, ...options });
  }

  post(body, options = {}) {
    const headers = { "Content-Type": "text/plain;charset=UTF-8", ...options.headers };
    return request(this.server, this.target, { agent: this.agent, ...options, method: "POST", headers, body });
  }

  /** POST that must be accepted. */
  async send(...packets) {
    const answer = await this.post(packets.join(SEPARATOR));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.text, "ok");
  }

  /** Packets of the next GET. */
  async packets() {
    const answer = await this.get();
    assert.equal(answer.status, 200, answer.text);
    return answer.text.split(SEPARATOR);
  }

  /** The next packet that is no heartbeat; answers pings on the way. */
  async next() {
    this.queue ??= [...this.rest];
    for (;;) {
      const packet = this.queue.shift();
      if (packet === undefined) this.queue.push(...(await this.packets()));
      else if (packet === "2") await this.send("3");
      else if (packet !== "6") return packet;
    }
  }
}

/** Opens a session. `query` comes after the obligatory parameters. */
export async function openPolling(server, { path = "/engine.io/", query = "", headers = {}, agent } = {}) {
  const answer = await request(server, `${path}?EIO=4&transport=polling${query}`, { headers, agent });
  assert.equal(answer.status, 200, answer.text);
  const [first, ...rest] = answer.text.split(SEPARATOR);
  assert.match(first, /^0\{/);
  return new PollingSession(server, path, JSON.parse(first.slice(1)), rest, agent);
}
