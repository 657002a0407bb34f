// A user with several devices, each a connection of an official client, and when it was surely there.

import { io } from 'socket.io-client';

const patience = 60_000; // ms; a connection that has not come about by then never will

/** Milliseconds since 1970, as the nodes count. */
export const wall = () => Date.now();

export class User {
  /** Every connection of the user: {node, from, sure, to}: begun, answered (null: never), ended (null: not yet). */
  spans = [];
  devices = new Set();

  constructor(name) {
    this.name = name;
  }

  get present() { return this.devices.size > 0; }

  /** One more device. False when the node did not take it. */
  async connect(node) {
    const span = { node, from: wall(), sure: null, to: null };
    this.spans.push(span);
    const socket = io(node.url, { transports: ['websocket'], forceNew: true, reconnection: false, timeout: patience, auth: { userId: this.name } });
    const device = { socket, span };
    const taken = await new Promise((done) => {
      socket.once('connect', () => { span.sure = wall(); this.devices.add(device); done(true); });
      socket.once('connect_error', () => done(false));
      socket.once('disconnect', () => { this.#end(device); done(false); });
    });
    if (!taken && span.sure === null) {
      span.to = wall();
      socket.disconnect();
    }
    return taken;
  }

  /** Ends a device in one of three ways: with Socket.IO's goodbye, with WebSocket's, or with none. */
  drop(device, how) {
    this.#end(device);
    const { socket } = device;
    if (how === 'goodbye') return socket.disconnect();
    const { engine } = socket.io;
    if (how === 'close') engine.close();
    else engine.transport.ws.terminate();
  }

  /** The node is about to be killed: from now on nothing is sure. */
  lose(node) {
    for (const span of this.spans) if (span.node === node) span.to ??= wall();
  }

  /** Without those of which the node died as it answered. */
  #surely() { return this.spans.filter((s) => s.sure !== null && s.sure <= (s.to ?? Infinity)); }

  #end(device) {
    device.span.to ??= wall();
    this.devices.delete(device);
  }

  /**
   * Times without any device for sure: [begin, end], the last one open (Infinity) when the user is away. Before the first
   * connection there is one as well.
   */
  absences() {
    const sure = this.#surely().map((s) => [s.sure, s.to ?? Infinity]).sort((a, b) => a[0] - b[0]);
    const gaps = [];
    let until = -Infinity;
    for (const [from, to] of sure) {
      if (from > until) gaps.push([until, from]);
      until = Math.max(until, to);
    }
    if (until < Infinity) gaps.push([until, Infinity]);
    return gaps;
  }

  /** When the last device that was there for sure went; null: it is there, or never was. */
  get gone_since() {
    if (this.present) return null;
    const ends = this.#surely().map((s) => s.to);
    return ends.length ? Math.max(...ends) : null;
  }
}
