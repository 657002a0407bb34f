// A plain WebSocket whose frames are awaited one by one: text arrives as string, binary as Buffer.
import { once } from "node:events";
import WebSocket from "ws";

export class Peer {
  constructor(url, { answerPings = false, ...options } = {}) {
    this.frames = [];
    this.waiting = [];
    this.socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: 5000, ...options });
    this.socket.on("message", (data, isBinary) => {
      const frame = isBinary ? data : data.toString();
      if (answerPings && frame === "2") return this.socket.send("3");
      const waiter = this.waiting.shift();
      if (waiter) waiter.resolve(frame);
      else this.frames.push(frame);
    });
    this.socket.on("error", (error) => (this.error = error));
    this.closed = once(this.socket, "close").then(([code, reason]) => {
      this.waiting.splice(0).forEach((w) => w.reject(new Error(`closed with ${code} while a frame was awaited`)));
      return { code, reason: reason.toString() };
    });
  }

  /** Resolves when the handshake is done, rejects with the HTTP status when it was refused. */
  async opened() {
    await Promise.race([once(this.socket, "open"), this.closed]);
    if (this.error) throw this.error;
    return this;
  }

  /** The next frame in order of arrival. */
  next({ timeout = 2000 } = {}) {
    if (this.frames.length) return Promise.resolve(this.frames.shift());
    return new Promise((resolve, reject) => {
      const waiter = { resolve: (v) => (clearTimeout(timer), resolve(v)), reject: (e) => (clearTimeout(timer), reject(e)) };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        reject(new Error(`no frame in ${timeout} ms`));
      }, timeout);
      this.waiting.push(waiter);
    });
  }

  /** The close code, or an error when the socket is still open after `timeout` milliseconds. */
  async ended({ timeout = 2000 } = {}) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`still open after ${timeout} ms`)), timeout);
    });
    return Promise.race([this.closed, late]).finally(() => clearTimeout(timer));
  }

  send(...frames) {
    for (const frame of frames) this.socket.send(frame);
  }

  /** Ends the TCP connection without a close frame. */
  drop() {
    this.socket.terminate();
  }

  close() {
    this.socket.close();
    return this.ended();
  }
}

/** Connects a WebSocket to any path of the server. */
export const connect = (server, path, options) => new Peer(`${server.url.replace("http", "ws")}${path}`, options).opened();

/** Opens an Engine.IO session over WebSocket: `peer.open` holds the handshake. */
export async function openWebSocket(server, { path = "/engine.io/", query = "", ...options } = {}) {
  const peer = await connect(server, `${path}?EIO=4&transport=websocket${query}`, options);
  const first = await peer.next();
  peer.open = JSON.parse(first.slice(1));
  peer.sid = peer.open.sid;
  return peer;
}
