// The clients of a run: they connect, come back, and publish at a steady rate.

import { Member } from './member.mjs';
import { now } from './history.mjs';

export class Crowd {
  members = [];
  counts = {};
  history = { records: [], add() {} }; // nobody looks before the first round
  /** Publishes that have no answer yet. */
  open = 0;
  /** Publishes acked as stored in this round. */
  stored = 0;
  #timer = null;
  #texts = 0;
  #waits = new Set();

  /**
   * @param {object} o
   * @param {number} o.members, o.rooms, o.rooms_each
   * @param {number} o.rate  publishes per second
   * @param {number} [o.churn]  of so many publishes one is followed by a member's move to another node
   */
  constructor(cluster, random, o) {
    Object.assign(this, { cluster, random, options: o });
    this.rooms = Array.from({ length: o.rooms }, (_, i) => `${o.prefix ?? 'room'}-${i}`);
    for (let i = 0; i < o.members; ++i)
      this.members.push(new Member(this, `user-${i}`, random.some(this.rooms, o.rooms_each)));
  }

  async connect() {
    await Promise.all(this.members.map((m, i) => m.connect(this.cluster.nodes[i % this.cluster.nodes.length])));
  }

  /** A new history begins; who is connected begins in it as a new member would, with what it is in now. */
  begin(history) {
    this.history = history;
    this.counts = {};
    this.stored = 0;
    const time = now();
    for (const m of this.members)
      for (const room of m.joined) history.add({ type: 'member', member: m.id, room, node: m.node.id, joined: time });
  }

  count(what) { this.counts[what] = (this.counts[what] ?? 0) + 1; }

  /** Resolves after `ms`, or when the crowd stops. */
  pause(ms) {
    return new Promise((done) => {
      const wait = { timer: setTimeout(() => { this.#waits.delete(wait); done(); }, ms), done };
      this.#waits.add(wait);
    });
  }

  // -- publishing --

  start() {
    const step = 1_000 / this.options.rate;
    let due = performance.now();
    this.#timer = setInterval(() => {
      // What a busy machine had no time for is not made up for, or it would get busier still.
      due = Math.max(due, performance.now() - 5 * step);
      for (; due <= performance.now(); due += step) {
        if (this.open >= this.options.members) continue;
        void this.publish();
        if (this.options.churn && this.random.chance(1 / this.options.churn)) this.#move();
      }
    }, Math.max(step, 5));
  }

  stop() { clearInterval(this.#timer); }

  /** One publish by chance; those with an id are sent again, by whoever the user is then, when nobody answered. */
  async publish(from = this.members) {
    const able = from.filter((m) => m.connected && m.joined.size);
    if (!able.length) return null;
    const member = this.random.pick(able);
    const n = ++this.#texts;
    const what = {
      text: `${this.options.prefix ?? ''}m${n}`,
      room: this.random.pick([...member.joined]),
      id: n % 2 ? `id${n}` : undefined,
      event: this.random.chance(0.5) ? 'message:send' : 'chat:message',
    };
    ++this.open;
    try {
      return await this.#until_answered(member, what);
    } finally {
      --this.open;
    }
  }

  async #until_answered(member, what) {
    for (let attempt = 1; ; ++attempt) {
      const answer = await member.publish(what);
      this.stored += answer.level === 'stored';
      if (!answer.ok) this.count(`publish refused: ${answer.error.code}`);
      if (answer.ok || !what.id || attempt === 3) return answer;
      for (let i = 0; i < 50 && !(member.connected && member.joined.has(what.room)); ++i) await this.pause(100);
      if (!member.connected || !member.joined.has(what.room)) return answer;
    }
  }

  /** All publishes have got an answer or were given up. */
  async quiet() {
    while (this.open > 0) await this.pause(20);
  }

  // -- ends of connections --

  /** Somebody goes and comes back elsewhere. */
  #move() {
    const able = this.members.filter((m) => m.connected && m.joined.size === m.rooms.length && m.node.state === 'up');
    if (!able.length) return;
    const member = this.random.pick(able);
    member.disconnect();
    this.comes_back(member);
  }

  on_end(member, reason) {
    const node = member.node;
    this.count(`connection ended: ${reason}`);
    if (node.state === 'up' && !node.crashed && !node.stood_still) this.history.add({ type: 'ended', member: member.id, node: node.id, reason, time: now() });
    this.comes_back(member);
  }

  /** On a node that lives, as soon as one takes it. */
  comes_back(member) {
    void this.#come_back(member);
  }

  async #come_back(member) {
    while (!this.over) {
      const alive = this.cluster.alive;
      if (alive.length) {
        try {
          return await member.connect(this.random.pick(alive));
        } catch {
          this.count('connect refused');
        }
      }
      await this.pause(50);
    }
  }

  /** Resolves when everybody is connected and in all its rooms, or when it never will be so: who is not, in words. */
  async all_there() {
    const missing = () => this.members.filter((m) => !m.away && (!m.connected || m.joined.size < m.rooms.length));
    await this.until(() => !missing().length);
    return missing().map((m) => `${m.id} at ${m.node.id}: ${m.connected ? `${m.joined.size} of ${m.rooms.length} rooms` : 'not connected'}`);
  }

  /**
   * Resolves when `reached`, or after so many looks that it never will be. Looks are counted, and not time: on a machine that has
   * no time for anybody they take longer, as everything does.
   */
  async until(reached) {
    for (let look = 0; look < 1_800 && !reached(); ++look) await this.pause(50);
  }

  close() {
    this.over = true;
    this.stop();
    for (const m of this.members) m.disconnect();
    for (const w of this.#waits) { clearTimeout(w.timer); w.done(); }
  }
}
