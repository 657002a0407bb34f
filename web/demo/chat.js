// What the reader can do: join, write, retry, leave. Keeps the state in step with the server over reconnects.

import { Client } from './client.js';
import { sentence } from './format.js';
import { Incoming } from './incoming.js';
import { State } from './state.js';

const typing_after_ms = 300; // what is written and sent at once needs no announcement, and events are counted
const typing_again_ms = 2_500; // well below the server's typing timeout
const announced_members = 100; // in larger rooms the server does not tell who comes and goes
const refresh_ms = 20_000;

export class Chat {
  #client = null;
  #io;
  #on;
  #incoming;
  #watched = new Set();
  #watching = false;
  #in_flight = new Set();
  #typing = { room: null, at: 0 };
  #typing_timer = null;
  #was_online = false;
  #no_member_list = false;

  /**
   * @param {Function} io  the official client
   * @param {object} on    {message(conversation, message), problem(sentence), turnedAway(sentence)}
   */
  constructor(io, on) {
    this.#io = io;
    this.#on = on;
    this.state = new State();
    this.#incoming = new Incoming(this.state, {
      message: (conversation, message) => this.#noticed(conversation, message),
      person: () => this.#watchPeople(),
      refusal: (error) => on.problem(sentence(error?.message ?? 'the server refused that')),
    });
    setInterval(() => this.#expireTyping(), 1_000);
    setInterval(() => this.#refresh(), refresh_ms);
  }

  /** Connects as `me`; `auth` goes to the server as it is. */
  start(me, auth, transport = null) {
    this.state.me = me;
    this.#was_online = false;
    this.#client = new Client(this.#io, { auth, transport }, {
      state: (changes) => this.#connectionChanged(changes),
      event: (name, ...args) => this.#incoming.event(name, ...args),
      online: (recovered) => this.#online(recovered),
    });
    this.#client.open();
  }

  stop() {
    this.#client?.close();
    this.#client = null;
    this.#watched.clear();
    this.#in_flight.clear();
    this.state.conversations.clear();
    this.state.presence.clear();
    this.state.my_status = 'online';
    this.state.current = null;
    this.state.connection = { ...this.state.connection, phase: 'idle' };
    this.state.changed();
  }

  retryNow() { this.#client?.retryNow(); }

  /** Opens a room or a person, joins when that is not done yet, and shows it. */
  open(kind, name) {
    const known = this.state.existing(kind, name);
    const conversation = known ?? this.state.conversation(kind, name);
    if (!conversation) return this.#on.problem('Leave a conversation first: 50 are open already.');
    this.show(conversation);
    if (kind === 'room' && (!known || conversation.entry === 'refused')) this.#join(conversation);
    if (kind === 'user') this.#watchPeople();
    return conversation;
  }

  show(conversation) {
    const before = this.state.current;
    if (before && before !== conversation) {
      before.first_unread = null;
      this.typing(false);
    }
    this.state.current = conversation;
    conversation?.markRead();
    this.state.changed();
  }

  /** The reader looks at the page again. */
  seen() {
    if (!this.state.current?.unread) return;
    this.state.current.markRead();
    this.state.changed();
  }

  /** What others see of the reader: 'online', 'away' or 'busy'. */
  async setStatus(status) {
    const before = this.state.my_status;
    this.state.my_status = status;
    this.state.changed();
    if (!this.state.online) return; // told with the next connection
    try {
      await this.#client.call('presence:status', status);
    } catch (error) {
      if (error.passing) return;
      this.state.my_status = before;
      this.#on.problem(error.message);
      this.state.changed();
    }
  }

  async leave(conversation) {
    this.state.conversations.delete(conversation.key);
    if (this.state.current === conversation) {
      this.show(this.state.rooms.at(-1) ?? this.state.directs.at(-1) ?? null);
    }
    this.state.changed();
    if (conversation.kind !== 'room' || !this.state.online) return;
    await this.#client.call('leave_room', conversation.name).catch((error) => this.#on.problem(error.message));
  }

  send(conversation, text) {
    const message = { id: randomId(), from: this.state.me, text, ts: Date.now() };
    conversation.send(message);
    conversation.first_unread = null;
    this.typing(false);
    this.state.changed();
    this.#transmit(conversation, conversation.find(message.id));
  }

  retry(conversation, message) {
    conversation.settle(message.id, 'sending');
    this.state.changed();
    this.#transmit(conversation, message);
  }

  discard(conversation, message) {
    conversation.messages = conversation.messages.filter((one) => one.id !== message.id);
    this.state.changed();
  }

  /** Tells the room, not more often than needed. */
  typing(active) {
    if (active) {
      this.#typing_timer ??= setTimeout(() => this.#tellTyping(), typing_after_ms);
      return;
    }
    clearTimeout(this.#typing_timer);
    this.#typing_timer = null;
    if (this.#typing.room) this.#client?.tell('typing', { room: this.#typing.room, typing: false });
    this.#typing = { room: null, at: 0 };
  }

  #tellTyping() {
    this.#typing_timer = null;
    const { current } = this.state;
    const now = Date.now();
    if (current?.kind !== 'room' || current.entry !== 'open') return;
    if (this.#typing.room === current.name && now - this.#typing.at < typing_again_ms) return;
    this.#typing = { room: current.name, at: now };
    this.#client?.tell('typing', { room: current.name, typing: true });
  }

  #connectionChanged(changes) {
    const { connection } = this.state;
    this.state.connection = { ...connection, ...changes };
    this.state.changed();
    if (changes.phase === 'refused' && !this.#was_online) this.#on.turnedAway(changes.reason);
  }

  async #online(recovered) {
    this.#was_online = true;
    this.#watched.clear();
    this.#typing = { room: null, at: 0 };
    for (const conversation of this.state.conversations.values()) {
      if (conversation.kind === 'user') this.#flush(conversation);
      else if (recovered && conversation.entry === 'open') this.#joined(conversation, conversation.size);
      else this.#join(conversation);
    }
    if (this.state.my_status !== 'online') this.setStatus(this.state.my_status);
    this.#watchPeople();
  }

  async #join(conversation) {
    conversation.entry = 'joining';
    this.state.changed();
    if (!this.state.online) return; // done when the connection is there
    try {
      const { members } = await this.#client.call('join_room', conversation.name);
      conversation.entry = 'open';
      conversation.refusal = '';
      await this.#joined(conversation, members);
    } catch (error) {
      this.#notJoined(conversation, error);
    }
  }

  #notJoined(conversation, error) {
    if (error.code === 'disconnected') return; // joined again with the next connection
    conversation.entry = 'refused';
    conversation.refusal = error.message;
    this.#on.problem(`Could not join ${conversation.name}. ${error.message}`);
    this.state.changed();
  }

  async #joined(conversation, members) {
    conversation.size = typeof members === 'number' ? members : conversation.size;
    conversation.enter(this.state.me, this.#client.id);
    this.#flush(conversation);
    this.state.changed();
    await this.#listPeople(conversation);
    this.#watchPeople();
  }

  /** Asks who is in the room; a server that does not tell leaves those who were seen coming, going and writing. */
  async #listPeople(conversation) {
    if (this.#no_member_list) return;
    try {
      const { members, count } = await this.#client.call('room:members', conversation.name);
      if (Array.isArray(members)) conversation.setPeople(members, count ?? members.length);
    } catch (error) {
      if (error.code === 'unknown_event' || error.code === 'ack_timeout') this.#no_member_list = true;
    }
    this.state.changed();
  }

  #flush(conversation) {
    for (const message of conversation.messages) if (message.status === 'sending') this.#transmit(conversation, message);
  }

  /** The id stays the same over all attempts: the server delivers the message once. */
  async #transmit(conversation, message) {
    if (!this.state.online || this.#in_flight.has(message.id)) return; // sent when the connection is there
    if (conversation.kind === 'room' && conversation.entry === 'joining') return;
    this.#in_flight.add(message.id);
    const target = conversation.kind === 'room' ? { room: conversation.name } : { to: conversation.name };
    try {
      const { status = 'sent', seq, ts } =
        await this.#client.call('message:send', { ...target, content: message.text, id: message.id });
      conversation.settle(message.id, status, { ts, seq: target.room ? seq : null });
    } catch (error) {
      if (error.code !== 'disconnected') conversation.settle(message.id, 'failed', { detail: error.message });
    } finally {
      this.#in_flight.delete(message.id);
    }
    this.state.changed();
  }

  #noticed(conversation, message) {
    const { from } = message;
    const looking = this.state.current === conversation && document.visibilityState === 'visible' && document.hasFocus();
    if (!looking) conversation.markUnread(message.id);
    if (conversation.kind === 'room' && message.kind === 'chat' && this.#no_member_list) conversation.enter(from, `seen ${from}`);
    this.#on.message(conversation, message);
  }

  /** Watches whoever is new; one request for all that appeared in the meantime. */
  async #watchPeople() {
    const fresh = [...this.state.people()].filter((userId) => !this.#watched.has(userId)).slice(0, 100);
    if (!fresh.length || !this.state.online || this.#watching) return;
    this.#watching = true;
    try {
      for (const userId of fresh) this.#watched.add(userId);
      this.#incoming.setPresences((await this.#client.call('presence:subscribe', fresh)).users);
    } catch (error) {
      if (!error.passing) this.#on.problem(error.message);
    }
    this.#watching = false;
    this.#watchPeople();
  }

  /** States may have been missed; and the answer's way is the latency shown. */
  async #refresh() {
    const people = [...this.state.people()].slice(0, 100);
    if (!this.state.online || document.visibilityState !== 'visible' || !people.length) return;
    if (this.state.current?.size > announced_members) this.#listPeople(this.state.current);
    try {
      this.#incoming.setPresences((await this.#client.call('presence:subscribe', people)).users);
    } catch { /* shown by what the reader does next */ }
  }

  #expireTyping() {
    let changed = false;
    for (const conversation of this.state.conversations.values()) changed = conversation.expireTyping(Date.now()) || changed;
    if (changed) this.state.changed();
  }
}

// crypto.randomUUID exists on secure origins only; a demo is also opened by a bare address in the local network.
function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
