// A client that comes and goes: what it heard, in which lives, and what it was told when it came back.
//
// A life in a room begins when the join is acknowledged. It goes on over every recovery, and is over when the client leaves the room
// (`left`) or comes back to a new session (`anew`).

import { io } from 'socket.io-client';

const patience = 20_000; // ms; what was not answered by then is asked again

/** Those of the tests come back soon; everything else is the client's own. */
export const quick = { reconnectionDelay: 20, reconnectionDelayMax: 200, randomizationFactor: 0.5 };

/** The one clock of all records, also of other processes'; ms since 1970. */
export const now = () => performance.timeOrigin + performance.now();

export class Listener {
  /** room -> its lives: {since, last, over, heard: [{id, place}]}; `last`: the highest place heard before the present record. */
  rooms = new Map();
  /** Ids heard before the present record. */
  before = new Set();
  /** What has happened to it in the present record. */
  hits = [];
  parted = 0;
  recovered = 0;
  /** Sessions that were not recovered: {code, left, back}, the times of its going and coming. */
  anew = [];
  /** A recovered session under another id. */
  renamed = 0;
  #in = new Set();
  #wanted;
  #sid = null;
  #settling = false;

  /**
   * @param {string} url
   * @param {string} name
   * @param {string[]} rooms
   * @param {(message: object, offset?: string) => number} place  where in its room a message stands
   * @param {object} [o]  options of the client
   */
  constructor(url, name, rooms, place, o = quick) {
    this.name = name;
    this.size = rooms.length;
    this.#wanted = new Set(rooms);
    this.socket = io(url, { forceNew: true, transports: ['websocket'], timeout: 10_000, auth: { userId: name }, ...o });
    this.socket.on('message:new', (message, offset) => this.#hear(message, place(message, offset)));
    this.socket.on('session:not_recovered', ({ code }) => { if (this.anew.length) this.anew.at(-1).code = code; });
    this.socket.on('connect', () => this.#arrive());
    this.socket.on('disconnect', () => { ++this.parted; this.left = now(); });
  }

  /** Connected, and in all its rooms. */
  get there() {
    return this.socket.connected && !this.#undone().length;
  }

  get wanted() { return [...this.#wanted]; }

  /** Deliveries in the present record. */
  get heard() {
    let n = 0;
    for (const lives of this.rooms.values()) for (const { heard } of lives) n += heard.length;
    return n;
  }

  #undone() {
    return [...[...this.#wanted].filter((r) => !this.#in.has(r)), ...[...this.#in].filter((r) => !this.#wanted.has(r))];
  }

  #arrive() {
    const { id, recovered } = this.socket;
    if (recovered) {
      ++this.recovered;
      this.renamed += id !== this.#sid;
    } else if (this.#sid) {
      this.anew.push({ code: 'unsaid', left: this.left, back: now() });
      this.#in.clear();
      for (const lives of this.rooms.values()) lives.at(-1).over ??= 'anew';
    }
    this.#sid = id;
    this.on_arrival?.();
    void this.#settle();
  }

  // -- rooms --

  /** Leaves one room for another. */
  move(from, to) {
    this.#wanted.delete(from);
    this.#wanted.add(to);
    const life = this.rooms.get(from)?.at(-1);
    if (life) life.over ??= 'left';
    void this.#settle();
  }

  /** Joins and leaves until it is where it wants to be. */
  async #settle() {
    if (this.#settling) return;
    this.#settling = true;
    while (this.socket.connected) {
      const undone = this.#undone();
      if (!undone.length) break;
      await Promise.all(undone.map((room) => (this.#wanted.has(room) ? this.#join(room) : this.#leave(room))));
    }
    this.#settling = false; // who is not connected settles when it arrives
  }

  async #join(room) {
    if (!this.rooms.has(room)) this.rooms.set(room, []);
    const lives = this.rooms.get(room);
    if (!lives.length || lives.at(-1).over) lives.push({ since: Infinity, last: 0, over: null, heard: [] });
    if (await this.#ask('join_room', room)) {
      this.#in.add(room);
      lives.at(-1).since = Math.min(lives.at(-1).since, now());
    }
  }

  async #leave(room) {
    if (await this.#ask('leave_room', room)) this.#in.delete(room);
  }

  /** Whether the session that asked was answered, and is still there. */
  async #ask(...event) {
    const sid = this.#sid;
    try {
      const answer = await this.socket.timeout(patience).emitWithAck(...event);
      return answer.ok && sid === this.#sid;
    } catch {
      return false; // its connection ended, and took the answer with it
    }
  }

  #hear({ id, room }, place) {
    this.rooms.get(room)?.at(-1).heard.push({ id, place });
  }

  // -- records --

  /** A new record begins; what was heard before it is remembered by its ids. */
  turn_over() {
    for (const [room, lives] of this.rooms) {
      const present = lives.at(-1);
      for (const { heard } of lives) for (const { id } of heard) this.before.add(id);
      present.last = present.heard.reduce((highest, { place }) => Math.max(highest, place), present.last);
      present.heard = [];
      this.rooms.set(room, [present]);
    }
    Object.assign(this, { hits: [], parted: 0, recovered: 0, anew: [], renamed: 0 });
  }

  hit(what) {
    if (!this.hits.includes(what)) this.hits.push(what);
  }

  end() {
    this.socket.disconnect();
  }
}
