// A client that watches users, and the judge of what it is told. Each user's news must alternate: came, went, came ...

import { io } from 'socket.io-client';
import { wall } from './user.mjs';

const answer_within = 60_000; // ms

export class Watcher {
  /** user -> {online, status, lastSeen, answered, changes: [[time, online]]} */
  beliefs = new Map();
  /** What was told that must not be told. */
  faults = [];
  on_change = () => {};

  constructor(name, node) {
    Object.assign(this, { name, node });
  }

  get there() { return this.socket?.connected ?? false; }

  async connect() {
    const socket = io(this.node.url, { transports: ['websocket'], forceNew: true, reconnection: false, timeout: answer_within, auth: { userId: this.name } });
    this.socket = socket;
    socket.on('user_online', ({ userId }) => this.came_or_went(userId, true));
    socket.on('user_offline', ({ userId, lastSeen }) => {
      this.came_or_went(userId, false);
      this.seen(userId, lastSeen);
    });
    socket.on('presence:update', (state) => this.update(state));
    await new Promise((done, failed) => {
      socket.once('connect', done);
      socket.once('connect_error', failed);
      socket.once('disconnect', (reason) => failed(new Error(reason)));
    });
  }

  /** Subscribes; false when it was cut off or refused. */
  async watch(users) {
    let answer;
    try {
      answer = await this.socket.timeout(answer_within).emitWithAck('presence:subscribe', users);
    } catch {
      return false;
    }
    if (!answer.ok) {
      this.refused = answer.error.code;
      return false;
    }
    this.answer(users, answer.users);
    return true;
  }

  // -- what it is told --

  came_or_went(user, online) {
    const b = this.#belief(user);
    if (b.online === online) this.fault(user, `${online ? 'user_online' : 'user_offline'} again`);
    b.online = online;
    b.changes.push([wall(), online]);
    this.on_change(user);
  }

  update({ userId, status, lastSeen }) {
    const b = this.#belief(userId);
    const online = status !== 'offline';
    if (b.online !== online) this.fault(userId, `presence:update says ${status}, and nobody said that the user ${online ? 'came' : 'went'}`);
    b.online = online;
    b.status = status;
    this.seen(userId, lastSeen);
  }

  /** The answer is gathered from all users' homes: news that came before it is newer. */
  answer(asked, states) {
    const given = new Map(states.map((s) => [s.userId, s]));
    for (const user of asked) {
      const b = this.#belief(user);
      const state = given.get(user);
      if (!state) {
        this.fault(user, 'missing in the answer');
        continue;
      }
      const online = state.status !== 'offline';
      b.answered = wall();
      if (b.online !== undefined) continue;
      b.online = online;
      b.status = state.status;
      b.first = online;
      this.seen(user, state.lastSeen);
      this.on_change(user);
    }
  }

  seen(user, at) {
    const b = this.#belief(user);
    if ((b.lastSeen ?? 0) > (at ?? 0)) this.fault(user, `last seen at ${at}, after ${b.lastSeen}`);
    b.lastSeen = at;
  }

  fault(user, what) {
    const b = this.beliefs.get(user);
    this.faults.push({ watcher: this.name, node: this.node.id, user, what, time: wall(), answered: b?.answered, told: b?.changes.slice(-4) });
  }

  #belief(user) {
    let b = this.beliefs.get(user);
    if (!b) this.beliefs.set(user, (b = { online: undefined, status: undefined, lastSeen: null, answered: null, changes: [] }));
    return b;
  }

  end() {
    this.socket?.disconnect();
  }
}

/**
 * Whether each time that the user was said to be gone belongs to another of its absences, which had begun by then. `late`: ms that
 * news may come after the user is back.
 */
export function unfounded(changes, absences, late) {
  const found = [];
  let next = 0;
  for (const [time, online] of changes) {
    if (online) continue;
    while (next < absences.length && absences[next][1] + late < time) ++next;
    if (next < absences.length && absences[next][0] <= time) ++next;
    else found.push(time);
  }
  return found;
}
