// The connection: the official Socket.IO client, acknowledgements as promises, and a retry that can be shown.

import { sentence } from './format.js';

const ack_timeout_ms = 8_000;
const first_retry_ms = 1_000;
const longest_retry_ms = 15_000;

/** An event was refused by the server (`code` and its sentence), or not answered (`ack_timeout`, `disconnected`). */
export class CallError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }

  /** Trying again may help: nobody said no. */
  get passing() { return this.code === 'ack_timeout' || this.code === 'disconnected'; }
}

export class Client {
  #socket;
  #timer = null;
  #failures = 0;
  #refused = '';
  #report;

  /**
   * @param {Function} io            the official client
   * @param {object} options         {auth, transport: null | 'polling' | 'websocket'}
   * @param {object} on              {state(changes), event(name, ...args), online(recovered)}
   */
  constructor(io, { auth, transport }, on) {
    this.#report = on.state;
    this.#socket = io({
      auth,
      autoConnect: false,
      reconnection: false, // done here: the page shows when the next attempt is, and offers to make it now
      timeout: 10_000,
      ...(transport ? { transports: [transport] } : {}),
    });
    this.#socket.onAny(on.event);
    this.#socket.on('connect', () => this.#connected(on.online));
    this.#socket.on('connect_error', (error) => this.#failed(error));
    this.#socket.on('disconnect', (reason) => this.#lost(reason));
    globalThis.addEventListener?.('online', () => this.retryNow());
  }

  get id() { return this.#socket.id; }
  get connected() { return this.#socket.connected; }

  open() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#report({ phase: 'connecting', retry_at: null });
    this.#socket.connect();
  }

  /** Leaves for good. */
  close() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#socket.off();
    this.#socket.disconnect();
  }

  retryNow() {
    if (this.#timer !== null) this.open();
  }

  /** Sends an event and resolves with the server's answer; rejects with a CallError. */
  call(event, ...args) {
    if (!this.#socket.connected) return Promise.reject(new CallError('disconnected', 'There is no connection right now.'));
    const started = performance.now();
    return new Promise((done, failed) => {
      this.#socket.timeout(ack_timeout_ms).emit(event, ...args, (error, answer) => {
        if (error) return failed(this.#unanswered());
        this.#report({ latency: performance.now() - started });
        if (answer?.ok === false) return failed(refusal(answer.error));
        done(answer ?? {});
      });
    });
  }

  /** Sends an event whose loss does not matter. */
  tell(event, ...args) {
    if (this.#socket.connected) this.#socket.volatile.emit(event, ...args);
  }

  #unanswered() {
    return this.#socket.connected
      ? new CallError('ack_timeout', 'The server did not answer in time.')
      : new CallError('disconnected', 'The connection was lost before the server answered.');
  }

  #connected(online) {
    this.#failures = 0;
    this.#refused = '';
    const engine = this.#socket.io.engine;
    engine.on('upgrade', (transport) => this.#report({ transport: transport.name }));
    this.#report({ phase: 'online', transport: engine.transport.name, retry_at: null, reason: '' });
    online(this.#socket.recovered === true);
    this.#findNode(this.#socket.id);
  }

  /** Behind a balancer any node may answer, so the question names the socket. */
  async #findNode(id) {
    try {
      const answer = await (await fetch(`/demo/node?socket=${encodeURIComponent(id)}`)).json();
      if (this.#socket.id === id) this.#report({ node: answer.node ?? null });
    } catch { /* only a line of the page */ }
  }

  #failed(error) {
    // With data, or inactive: the server answered and said no. Everything else is the network.
    const refused = Boolean(error.data) || !this.#socket.active;
    this.#refused = refused ? sentence(error.data?.message ?? error.message) : '';
    this.#scheduleRetry(refused ? 'refused' : 'waiting', this.#refused || 'The server cannot be reached.');
  }

  #lost(reason) {
    if (reason === 'io client disconnect') return;
    const sentences = {
      'io server disconnect': 'The server closed the connection.',
      'ping timeout': 'The server stopped answering.',
    };
    this.#scheduleRetry('waiting', sentences[reason] ?? 'The connection was lost.');
  }

  #scheduleRetry(phase, reason) {
    const ceiling = Math.min(longest_retry_ms, first_retry_ms * 2 ** this.#failures);
    const wait = ceiling * (0.75 + Math.random() * 0.5); // spread: not all clients of a node at once
    this.#failures += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), wait);
    this.#report({ phase, reason, transport: null, latency: null, node: null, retry_at: Date.now() + wait });
  }
}

function refusal(error) {
  return new CallError(error?.code ?? 'refused', sentence(error?.message ?? 'the server refused that'));
}

/** Loads the official client that the node itself serves. */
export function loadSocketIo(path = '/socket.io') {
  return new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = `${path}/socket.io.min.js`;
    script.onload = () => done(globalThis.io);
    script.onerror = () => failed(new Error(`This node does not serve the Socket.IO client at ${script.src}.`));
    document.head.append(script);
  });
}
