// What the server's events do to the state. Pure apart from the state given: no DOM, no socket.

import { textOf } from './format.js';

const typing_lasts_ms = 8_000; // the server ends typing itself; this is for an end that got lost

export class Incoming {
  /**
   * @param {State} state
   * @param {object} on  {message(conversation, message): a new one by somebody else, person(): somebody to watch
   *                      may have appeared, refusal(error): an event without acknowledgement was refused}
   */
  constructor(state, on, now = Date.now) {
    this.state = state;
    this.on = on;
    this.now = now;
    this.local_ids = 0;
  }

  /** The one entrance; names nobody here knows are ignored. */
  event(name, ...args) {
    if (!Object.hasOwn(handlers, name) || args[0] === null || typeof args[0] !== 'object') return;
    handlers[name](this, withNames(args[0]));
    this.state.changed();
  }

  nextId() {
    this.local_ids += 1;
    return `local-${this.local_ids}`;
  }

  deliver(conversation, message) {
    if (!conversation?.arrive({ id: message.id ?? this.nextId(), ts: this.now(), ...defined(message) })) return;
    if (message.from === this.state.me && message.kind === 'chat') return;
    conversation.typists.delete(message.from);
    this.on.message(conversation, conversation.messages.findLast((one) => one.id === message.id) ?? message);
  }

  setPresence(userId, entry) {
    if (!userId) return;
    const { status, lastSeen } = entry;
    const before = this.state.presence.get(userId);
    this.state.presence.set(userId, {
      status: status ?? before?.status ?? 'unknown',
      last_seen: lastSeen ?? before?.last_seen ?? null,
    });
  }

  /** The answer to presence:subscribe: a list of {userId, status, lastSeen}. */
  setPresences(users) {
    for (const entry of Array.isArray(users) ? users : []) if (entry?.userId) this.setPresence(entry.userId, entry);
    this.state.changed();
  }
}

const handlers = {
  'message:new': (self, { id, from, room, to, content, ts, seq }) => {
    if (!from || !(room ?? to)) return;
    const conversation = room
      ? self.state.existing('room', room)
      : self.state.conversation('user', from === self.state.me ? to : from);
    self.deliver(conversation, { id, kind: 'chat', from, text: textOf(content), ts: timeIn(ts), seq });
    if (!room) self.on.person();
  },

  new_message: (self, { id, from, room, message, timestamp, seq }) =>
    self.deliver(self.state.existing('room', room), {
      id, kind: 'chat', from, text: textOf(message), ts: timeIn(timestamp), seq,
    }),

  // A producer's events (`publish`): its data names the room.
  chat: produced('chat'),
  notification: produced('notification'),
  system: produced('system'),

  'message:sent': (self, { id, status }) => {
    for (const conversation of self.state.conversations.values()) conversation.settle(id, status);
  },

  room_joined: (self, { room, userId, socketId }) => {
    const conversation = self.state.existing('room', room);
    if (!conversation || !userId) return;
    if (conversation.size !== null && !conversation.people.get(userId)?.has(socketId)) conversation.size += 1;
    if (conversation.enter(userId, socketId) && userId !== self.state.me) {
      conversation.notice(self.nextId(), userId, `${userId} joined`, self.now());
    }
    self.on.person();
  },

  room_left: (self, { room, userId, socketId }) => {
    const conversation = self.state.existing('room', room);
    if (!conversation || !userId) return;
    if (conversation.size > 0) conversation.size -= 1;
    if (conversation.exit(userId, socketId) && userId !== self.state.me) {
      conversation.notice(self.nextId(), userId, `${userId} left`, self.now());
    }
  },

  typing: (self, { room, userId, typing }) => {
    if (!userId || userId === self.state.me) return;
    self.state.existing('room', room)?.setTyping(userId, typing === false ? null : self.now() + typing_lasts_ms);
  },

  'presence:update': (self, entry) => self.setPresence(entry.userId, entry),
  user_online: (self, { userId }) => self.setPresence(userId, { status: 'online' }),
  user_offline: (self, { userId, lastSeen }) => self.setPresence(userId, { status: 'offline', lastSeen }),

  error: (self, { error, code, message }) => self.on.refusal(error ?? { code, message }),
};

function produced(kind) {
  return (self, data) => {
    const conversation = self.state.existing('room', data.room);
    const sender = data.fromName ?? data.from ?? data.source ?? 'A program';
    self.deliver(conversation, {
      id: data.id, kind, from: textOf(sender), text: textOf(data.title ? data : data.content ?? data), ts: timeIn(data.ts),
      link: safeLink(data.link),
    });
  };
}

/** Only web addresses become links. */
export function safeLink(link) {
  return typeof link === 'string' && /^https?:\/\//i.test(link) ? link : null;
}

// Producers may emit any event with any data: what stands for a name is made text, or left out.
function withNames(data) {
  const names = ['id', 'from', 'fromName', 'to', 'room', 'userId', 'socketId'].filter((name) => Object.hasOwn(data, name));
  return { ...data, ...Object.fromEntries(names.map((name) => [name, nameOf(data[name])])) };
}

const timeIn = (value) => (Number(value) > 0 && Number(value) < 8.64e15 ? Number(value) : undefined);
const nameOf = (value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined);

function defined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));
}
