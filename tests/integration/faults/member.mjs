// A user with one connection at a time. When its connection ends it comes back on a living node, as a new member.

import { io } from 'socket.io-client';
import { now } from './history.mjs';

const answer_within = 6_000; // ms; what was not answered by then is recorded as unknown

export class Member {
  socket = null;
  joined = new Set();
  #life = 0;

  /** `crowd` has {history, cluster, random, on_end(member, reason)}. */
  constructor(crowd, user, rooms) {
    this.crowd = crowd;
    this.user = user;
    this.rooms = rooms;
    this.online = new Map(); // what it was told about users it watches
    this.news = new Set(); // users of whom it was told something while it asked
  }

  get connected() { return this.socket?.connected ?? false; }
  /** Names the present connection in the history. */
  get id() { return `${this.user}.${this.#life}`; }

  async connect(node) {
    const life = ++this.#life;
    const id = this.id;
    this.node = node;
    this.joined.clear();
    this.online.clear();
    const socket = io(node.url, { transports: ['websocket'], forceNew: true, reconnection: false, timeout: 5_000, auth: { userId: this.user } });
    this.socket = socket;
    const see = (text) => ({ room, seq, ...message }) =>
      this.crowd.history.add({ type: 'delivery', member: id, room, seq, text: message[text], time: now() });
    socket.on('message:new', see('content'));
    socket.on('new_message', see('message'));
    socket.on('presence:update', ({ userId, status }) => {
      this.online.set(userId, status);
      this.news.add(userId);
    });
    await new Promise((done, failed) => {
      socket.once('connect', done);
      socket.once('connect_error', (error) => { socket.disconnect(); failed(error); });
      socket.once('disconnect', (reason) => failed(new Error(reason)));
      setTimeout(() => { if (!socket.connected) socket.disconnect(); failed(new Error('no answer')); }, answer_within).unref();
    });
    socket.once('disconnect', (reason) => { if (life === this.#life) this.#ended(id, reason); });
    await Promise.all(this.rooms.map((room) => this.join(room)));
  }

  /** After a failure of the home a join may have to wait; it is asked for until it is answered or the connection ends. */
  async join(room) {
    const { socket, id } = this;
    while (socket.connected) {
      const answer = await ask(socket, 'join_room', room);
      if (id !== this.id || !socket.connected) return null;
      if (answer.ok) {
        this.joined.add(room);
        this.crowd.history.add({ type: 'member', member: id, room, node: this.node.id, joined: now() });
        return answer;
      }
      this.crowd.count(`join refused: ${answer.error.code}`);
      this.crowd.history.add({ type: 'refused', member: id, room, error: answer.error.code, time: now() });
      await this.crowd.pause(100);
    }
    return null;
  }

  /** {ok, seq, level} or {ok: false, error}; recorded. */
  async publish({ text, room, id, event }) {
    const { history } = this.crowd;
    const id_then = this.id;
    const body = event === 'message:send' ? { room, content: text, id } : { room, message: text, id };
    const began = now();
    history.add({ type: 'publish', text, room, by: this.id, id, time: began });
    const answer = await ask(this.socket, event, body);
    const time = now();
    const calm = this.id === id_then && this.node.state === 'up' && this.node.disturbed_since === undefined;
    const facts = { type: 'answer', text, time, by: id_then, waited: Math.round(time - began), calm };
    if (answer.ok) history.add({ ...facts, seq: answer.seq ?? 0, level: answer.level, duplicate: answer.duplicate });
    else history.add({ ...facts, error: answer.error.code });
    return { ...answer, began, time };
  }

  /** Subscribes to these users; asked until it is answered, as a join. */
  async watch(users) {
    const { socket } = this;
    while (socket?.connected) {
      this.news.clear();
      const answer = await ask(socket, 'presence:subscribe', users);
      if (answer.ok) {
        // The answer is gathered from all users' homes: an update that came before it is newer.
        for (const { userId, status } of answer.users) if (!this.news.has(userId)) this.online.set(userId, status);
        return;
      }
      this.crowd.count(`watch refused: ${answer.error.code}`);
      await this.crowd.pause(100);
    }
  }

  disconnect() {
    const { socket, id } = this;
    if (!socket) return;
    ++this.#life;
    this.socket = null;
    this.#close(id, 'asked for');
    socket.disconnect();
  }

  #ended(id, reason) {
    this.#close(id, reason);
    this.crowd.on_end(this, reason);
  }

  #close(id, reason) {
    for (const room of this.joined) this.crowd.history.add({ type: 'end', member: id, room, time: now(), reason });
    this.joined.clear();
  }
}

async function ask(socket, ...event) {
  try {
    return await socket.timeout(answer_within).emitWithAck(...event);
  } catch (error) {
    return { ok: false, error: { code: error.message === 'operation has timed out' ? 'no_answer' : error.message } };
  }
}
