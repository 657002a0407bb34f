// Everything the page shows. Views read it and redraw when it changed; only chat.js writes it. No DOM, no socket.

import { Conversation } from './conversation.js';

const kept_conversations = 50;

export class State {
  #listeners = new Set();
  #scheduled = false;

  constructor() {
    this.me = '';
    this.my_status = 'online';
    this.connection = { phase: 'idle', transport: null, latency: null, node: null, retry_at: null, reason: '' };
    this.conversations = new Map(); // key -> Conversation, in order of appearance
    this.current = null;
    this.presence = new Map(); // userId -> {status, last_seen}
  }

  get online() { return this.connection.phase === 'online'; }
  get unread() { return [...this.conversations.values()].reduce((sum, one) => sum + one.unread, 0); }
  get rooms() { return this.#ofKind('room'); }
  get directs() { return this.#ofKind('user'); }

  /** Finds a conversation or opens a new one; null when there are too many. */
  conversation(kind, name) {
    const key = `${kind}:${name}`;
    if (!this.conversations.has(key)) {
      if (this.conversations.size >= kept_conversations) return null;
      this.conversations.set(key, new Conversation(kind, name));
      this.changed();
    }
    return this.conversations.get(key);
  }

  existing(kind, name) { return this.conversations.get(`${kind}:${name}`) ?? null; }

  /** Everybody whose presence matters to this page. */
  people() {
    const names = new Set(this.directs.map((one) => one.name));
    for (const room of this.rooms) for (const userId of room.people.keys()) names.add(userId);
    names.delete(this.me);
    return names;
  }

  statusOf(userId) {
    if (userId === this.me) return this.online ? this.my_status : 'unknown';
    return (this.online && this.presence.get(userId)?.status) || 'unknown';
  }

  onChange(listener) { this.#listeners.add(listener); }

  /** Views redraw once for all that changed in this turn. */
  changed() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      for (const listener of this.#listeners) listener();
    });
  }

  #ofKind(kind) { return [...this.conversations.values()].filter((one) => one.kind === kind); }
}
