// The producer's connection to Troupe: an ordinary Socket.IO client whose token carries the role "producer".

import { io } from 'socket.io-client';

// Errors that no repetition cures: the token, the payload or this program is wrong.
const lasting = new Set([
  'not_permitted', 'invalid_payload', 'missing_field', 'name_too_long', 'payload_too_large', 'reserved_event', 'unknown_event',
]);

/** A publication that did not happen. `passing`: the same post may succeed a little later. */
export class PublishError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
    this.passing = !lasting.has(code);
  }
}

export class TroupePublisher {
  #socket;
  #ack_timeout_ms;
  #max_in_flight;
  #in_flight = 0;

  constructor({ url, token, ack_timeout_ms, max_in_flight }, log = console.error) {
    this.#ack_timeout_ms = ack_timeout_ms;
    this.#max_in_flight = max_in_flight;
    this.#socket = io(url, {
      auth: token ? { token } : { userId: 'webhook_producer' },
      transports: ['websocket'],
      reconnectionDelayMax: 5_000,
    });
    this.#socket.on('connect', () => log(`connected to Troupe at ${url}`));
    this.#socket.on('disconnect', (reason) => {
      log(`connection to Troupe lost: ${reason}`);
      if (reason === 'io server disconnect') this.#retryLater(); // the client does not come back from this by itself
    });
    this.#socket.on('connect_error', (error) => {
      log(`cannot connect to Troupe: ${error.data?.message ?? error.message}`);
      if (!this.#socket.active) this.#retryLater(); // refused: the token may be replaced or the node be full for a while
    });
  }

  get connected() { return this.#socket.connected; }
  get inFlight() { return this.#in_flight; }

  /** Resolves with Troupe's answer once the room has the message; rejects with a PublishError. */
  async publish(publication) {
    if (!this.#socket.connected) throw new PublishError('disconnected', 'there is no connection to Troupe');
    if (this.#in_flight >= this.#max_in_flight) {
      throw new PublishError('busy', `${this.#in_flight} publications are waiting for their acknowledgement`);
    }
    this.#in_flight += 1;
    try {
      const answer = await this.#emit(publication);
      if (answer?.ok) return answer;
      throw new PublishError(answer?.error?.code ?? 'refused', answer?.error?.message ?? 'Troupe gave no reason');
    } finally {
      this.#in_flight -= 1;
    }
  }

  close() {
    clearTimeout(this.retry);
    this.#socket.off();
    this.#socket.disconnect();
  }

  async #emit(publication) {
    try {
      return await this.#socket.timeout(this.#ack_timeout_ms).emitWithAck('publish', publication);
    } catch (error) {
      throw new PublishError('ack_timeout', `Troupe did not acknowledge: ${error.message}`);
    }
  }

  #retryLater() {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.#socket.connect(), 5_000);
  }
}
