// Clients that come and go, those who talk to them, and what each of them heard.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { io } from 'socket.io-client';

const quick = { forceNew: true, transports: ['websocket'], reconnectionDelay: 20, reconnectionDelayMax: 200, randomizationFactor: 0.5, timeout: 10_000 };
const patience = 60_000; // ms; what has not come about by then never will

/** Who listens, through a way that breaks. `heard`: room -> places in the order of their coming. */
export class Listener {
  heard = new Map();
  recoveries = 0;
  /** Why sessions were not recovered. */
  anew = [];
  #expected_sid;

  constructor(url, name, rooms) {
    Object.assign(this, { name, rooms });
    this.socket = io(url, { ...quick, auth: { userId: name } });
    this.socket.on('message:new', ({ room, seq }) => this.heard.get(room).push(seq));
    this.socket.on('session:not_recovered', ({ code }) => this.anew.push(code));
    this.socket.on('connect', () => this.#connected());
    for (const room of rooms) this.heard.set(room, []);
  }

  async begin() {
    if (!this.socket.connected) await once(this.socket, 'connect');
    await this.#join();
  }

  #connected() {
    if (this.socket.recovered) {
      ++this.recoveries;
      if (this.socket.id !== this.#expected_sid) this.anew.push('another id');
    } else if (this.#expected_sid) {
      this.lost_track = true;
    }
    this.#expected_sid = this.socket.id;
  }

  async #join() {
    for (const room of this.rooms) {
      const answer = await this.socket.timeout(patience).emitWithAck('join_room', room);
      if (!answer.ok) throw new Error(`${this.name} could not join ${room}: ${JSON.stringify(answer)}`);
    }
  }

  end() {
    this.socket.disconnect();
  }
}

/** Who talks: a client at every node, none of which needs to survive. `said`: room -> places that were acknowledged. */
export class Speakers {
  said = new Map();
  failures = 0;
  #running = true;

  constructor(nodes) {
    this.nodes = nodes;
    this.sockets = new Map(nodes.map((node) => [node, io(node.url, { ...quick, auth: { userId: `speaker-${node.id}` } })]));
  }

  #there() {
    return [...this.sockets].filter(([node, socket]) => node.state === 'up' && socket.connected).map(([, socket]) => socket);
  }

  /** Says one thing, by whoever is there, again and again under the same id until it is acknowledged. */
  async say(room, dice) {
    const id = randomUUID();
    const deadline = Date.now() + patience;
    for (;;) {
      const there = this.#there();
      if (there.length > 0) {
        try {
          const answer = await dice.pick(there).timeout(5_000).emitWithAck('message:send', { room, content: 0, id });
          if (answer.ok) {
            if (!this.said.has(room)) this.said.set(room, new Set());
            return this.said.get(room).add(answer.seq);
          }
        } catch { /* its node is gone, or does not answer: another one */ }
        ++this.failures;
      }
      if (Date.now() > deadline) throw new Error(`nobody could say anything in ${room} for ${patience} ms`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** Talks in every room, one thing at a time in each, until `stop`. */
  talk(rooms, dice, pause) {
    this.done = Promise.all(rooms.map(async (room) => {
      while (this.#running) {
        await this.say(room, dice);
        await new Promise((done) => setTimeout(done, pause));
      }
    }));
  }

  async stop() {
    this.#running = false;
    await this.done;
  }

  end() {
    for (const socket of this.sockets.values()) socket.disconnect();
  }
}

/**
 * What the histories say. `lost`: acknowledged in a room after the listener's first message there, and never heard although every
 * one of its sessions was recovered; `doubled`: heard twice; `disordered`: heard for the first time after a later one.
 */
export function judge(listeners, said) {
  const found = { heard: 0, lost: 0, doubled: 0, disordered: 0, gaps_admitted: 0, recoveries: 0, examples: [] };
  for (const one of listeners) {
    found.recoveries += one.recoveries;
    if (one.lost_track) ++found.gaps_admitted;
    for (const [room, places] of one.heard) {
      const seen = new Set();
      let highest = 0;
      for (const seq of places) {
        ++found.heard;
        if (seen.has(seq)) ++found.doubled;
        else if (seq < highest) ++found.disordered, found.examples.push(`${one.name} ${room}: ${seq} after ${highest}`);
        seen.add(seq);
        highest = Math.max(highest, seq);
      }
      if (one.lost_track) continue;
      const first = places[0] ?? 0;
      for (const seq of said.get(room) ?? [])
        if (seq >= first && !seen.has(seq)) ++found.lost, found.examples.push(`${one.name} ${room}: ${seq} is missing`);
    }
  }
  return found;
}
