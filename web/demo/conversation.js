// One room, or one person: its messages, people, and what is unread. Pure: no DOM, no socket, no clock.

const kept_messages = 500;
const kept_typists = 20;

/**
 * A message: {id, kind, from, text, ts, seq, status, detail, link}
 *   kind    'chat' (a person), 'notification' or 'system' (a program), 'notice' (this page: "bob joined")
 *   seq     its place in the room's order, where known
 *   status  of the reader's own messages: 'sending', 'sent', 'delivered', 'queued', 'failed'; of others: null
 */
export class Conversation {
  constructor(kind, name) {
    this.kind = kind; // 'room' or 'user'
    this.name = name;
    this.messages = [];
    this.arrivals = 0;
    this.unread = 0;
    this.first_unread = null; // id of the message the "New" line stands before
    this.entry = kind === 'room' ? 'joining' : 'open'; // 'joining', 'open', 'refused'
    this.refusal = '';
    this.people = new Map(); // userId -> set of socket ids
    this.size = null; // members as the server counts them; null: not known
    this.typists = new Map(); // userId -> when that ends, if nothing else comes
    this.draft = '';
  }

  get key() { return `${this.kind}:${this.name}`; }

  find(id) { return this.messages.find((message) => message.id === id); }

  /**
   * Puts a message that arrived at its place: the end of what has arrived, before what is still being sent. The echo
   * of an own message moves that message there: everybody then reads the server's order. Returns false for a repeat.
   */
  arrive(message) {
    const known = this.find(message.id);
    if (known && known.arrived) return false;
    if (known) {
      this.messages.splice(this.messages.indexOf(known), 1);
      message = { ...known, ts: message.ts, seq: message.seq, status: settled(known.status) };
    }
    const pending = this.messages.findIndex((other) => other.status === 'sending' || other.status === 'failed');
    this.messages.splice(pending < 0 ? this.messages.length : pending, 0, {
      status: null, ...message, arrived: true, arrival: ++this.arrivals,
    });
    this.#trim();
    return !known;
  }

  /** An own message that is on its way. */
  send(message) {
    this.messages.push({ kind: 'chat', ...message, status: 'sending', sent_after: this.arrivals });
    this.#trim();
  }

  /**
   * Sets what is known about an own message; 'sent' never takes a better word back. With the place `seq` that the room
   * gave it, it moves before those that arrived in the meantime and come later: everybody reads the same order.
   */
  settle(id, status, { detail = '', seq = null, ts = null } = {}) {
    const message = this.find(id);
    if (!message?.status || (status === 'sent' && settled(message.status) !== 'sent')) return;
    const arrived = message.arrived || (status !== 'sending' && status !== 'failed');
    Object.assign(message, { status, detail, arrived, ts: ts ?? message.ts });
    if (!seq || !arrived) return;
    message.seq = seq;
    let place = this.messages.indexOf(message);
    while (comesAfter(this.messages[place - 1], message)) place -= 1;
    this.messages.splice(this.messages.indexOf(message), 1);
    this.messages.splice(place, 0, message);
  }

  /** A line by the page itself. A person who comes and goes does not fill the screen: the last such line is replaced. */
  notice(id, subject, text, ts) {
    const last = this.messages.at(-1);
    if (last?.kind === 'notice' && last.from === subject) this.messages.pop();
    this.messages.push({ id, kind: 'notice', from: subject, text, ts, status: null, arrived: true });
    this.#trim();
  }

  markUnread(id) {
    this.unread += 1;
    this.first_unread ??= id;
  }

  /** Read: the "New" line stays where it was until the conversation is left. */
  markRead() { this.unread = 0; }

  enter(userId, socketId) {
    const known = this.people.has(userId);
    if (!known) this.people.set(userId, new Set());
    this.people.get(userId).add(socketId);
    return !known;
  }

  /** Returns true when that was the person's last socket here. */
  exit(userId, socketId) {
    const sockets = this.people.get(userId);
    if (!sockets) return false;
    sockets.delete(socketId);
    if (sockets.size > 0) return false;
    this.people.delete(userId);
    this.typists.delete(userId);
    return true;
  }

  setPeople(members, count) {
    this.people = new Map();
    for (const { userId, socketId } of members) this.enter(userId, socketId);
    this.size = count ?? null;
  }

  /** Members that the server counts but did not list: a large room. */
  get unlisted() {
    let listed = 0;
    for (const sockets of this.people.values()) listed += sockets.size;
    return Math.max(0, (this.size ?? 0) - listed);
  }

  setTyping(userId, until) {
    if (until === null) return this.typists.delete(userId);
    if (this.typists.size < kept_typists || this.typists.has(userId)) this.typists.set(userId, until);
    return true;
  }

  /** Forgets typists whose time is over; true when there were any. */
  expireTyping(now) {
    const before = this.typists.size;
    for (const [userId, until] of this.typists) if (until <= now) this.typists.delete(userId);
    return this.typists.size !== before;
  }

  #trim() {
    if (this.messages.length > kept_messages) this.messages.splice(0, this.messages.length - kept_messages);
  }
}

// Seqs are only compared with what arrived while the message was under way: a restarted room counts anew.
const comesAfter = (other, message) => other?.arrival > message.sent_after && other.seq > message.seq;

const settled = (status) => (status === 'delivered' || status === 'queued' ? status : 'sent');
