// Those who talk: a client at every node, none of which needs to survive.

import { once } from 'node:events';
import { io } from 'socket.io-client';
import { setTimeout as delay } from 'node:timers/promises';
import { now, quick } from './listener.mjs';

const patience = 60_000; // ms; what has not come about by then never will
const most_open = 200; // things said at once

export class Speakers {
  /** Of the present record: room -> [{id, place, began, level}], what was acknowledged. */
  said = new Map();
  /** Attempts without a good answer. */
  failures = 0;
  /** What could not be said at all, in words. */
  unsaid = [];
  #open = new Set();
  #timer = null;
  #count = 0;

  /**
   * @param {object} cluster
   * @param {object} server   see servers.mjs
   * @param {string[]} rooms
   */
  constructor(cluster, server, rooms) {
    Object.assign(this, { cluster, server, rooms });
    // One user: what it says again by another node under the same id is the same message.
    this.sockets = new Map(cluster.nodes.map((node) => [node, io(node.url, { ...quick, forceNew: true, transports: ['websocket'], auth: { userId: 'speaker' } })]));
  }

  /** At all nodes. They are in no room: a room lives only where it has listeners. */
  async begin() {
    await Promise.all([...this.sockets.values()].map((socket) => socket.connected || once(socket, 'connect')));
  }

  /** Acknowledged in the present record. */
  get acknowledged() {
    return [...this.said.values()].reduce((n, list) => n + list.length, 0);
  }

  /** Says so many things a second, each in a room by chance, until `hush`. */
  talk(rate, dice) {
    const step = 1_000 / rate;
    let due = now();
    this.#timer = setInterval(() => {
      due = Math.max(due, now() - 10 * step); // what a busy machine had no time for is not made up for
      for (; due <= now(); due += step) {
        if (this.#open.size >= most_open) continue;
        const saying = this.#say(dice.pick(this.rooms), dice.fork()).finally(() => this.#open.delete(saying));
        this.#open.add(saying);
      }
    }, Math.max(step, 5));
  }

  /** Says something in every room. */
  async greet(dice) {
    for (const room of this.rooms) await this.#say(room, dice);
  }

  /** Stops; everything that was begun has been acknowledged. */
  async hush() {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  /** By whoever is there, again and again until it is acknowledged: under the same id, if the server knows it again. */
  async #say(room, dice) {
    const name = `m${++this.#count}`;
    const deadline = now() + patience;
    let began = now();
    for (let attempt = 0; now() < deadline; ++attempt) {
      const there = [...this.sockets].filter(([node, socket]) => node.state === 'up' && socket.connected);
      if (!there.length) {
        await delay(20);
        continue;
      }
      const id = this.server.knows_ids ? name : `${name}.${attempt}`;
      if (!this.server.knows_ids) began = now();
      const answer = await dice.pick(there)[1].timeout(5_000).emitWithAck('say', { room, id }).catch(() => ({ ok: false }));
      if (answer.ok) return this.#acknowledged(room, { id, began, place: this.server.place(answer, answer.offset), level: answer.level });
      ++this.failures;
      await delay(20);
    }
    this.unsaid.push(`nobody could say anything in ${room} for ${patience} ms`);
  }

  #acknowledged(room, what) {
    if (!this.said.has(room)) this.said.set(room, []);
    this.said.get(room).push(what);
  }

  /** A new record begins. */
  turn_over() {
    this.said = new Map();
    this.failures = 0;
    this.unsaid = [];
  }

  end() {
    clearInterval(this.#timer);
    for (const socket of this.sockets.values()) socket.disconnect();
  }
}
