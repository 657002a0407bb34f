// Right: who is in the room, who of them is there.

import { avatar } from './avatar.js';
import { byId, el, reconcile, setText } from './dom.js';
import { ago } from './format.js';

const shown_members = 200;

export class MembersView {
  #chat;

  constructor(chat, { shown }) {
    this.#chat = chat;
    this.shown = shown;
  }

  render() {
    const { state } = this.#chat;
    const room = state.current?.kind === 'room' ? state.current : null;
    const people = room ? sorted([...room.people.keys()], state).slice(0, shown_members) : [];
    setText(byId('members-count'), people.length ? `· ${people.length}` : '');
    reconcile(byId('members-list'), people, {
      key: (userId) => userId,
      look: (userId) => this.#note(userId, room) + state.statusOf(userId),
      make: (userId) => el('li', {}, this.#member(userId, room)),
    });
  }

  #member(userId, room) {
    const { state } = this.#chat;
    const status = state.statusOf(userId);
    const inside = [
      avatar(userId, { status }),
      el('span.member-text', {}, el('span.member-name', {}, userId), el('span.member-note', {}, this.#note(userId, room))),
    ];
    if (userId === state.me) return el('div.member', {}, ...inside);
    return el('button.member', {
      type: 'button',
      title: `Write to ${userId}`,
      onclick: () => { this.#chat.open('user', userId); this.shown(); },
    }, ...inside);
  }

  #note(userId, room) {
    const { state } = this.#chat;
    const sockets = room?.people.get(userId)?.size ?? 1;
    const words = [userId === state.me ? 'You' : presenceText(state, userId)];
    if (sockets > 1) words.push(`${sockets} windows`);
    return words.join(' · ');
  }
}

/** "Online", "Away", "Last seen 5 min ago". */
export function presenceText(state, userId) {
  const status = state.statusOf(userId);
  if (status === 'unknown') return state.online ? 'Presence not known' : 'Not known right now';
  if (status !== 'offline') return status[0].toUpperCase() + status.slice(1);
  const { last_seen } = state.presence.get(userId);
  return last_seen ? `Last seen ${ago(last_seen)}` : 'Offline';
}

function sorted(names, state) {
  const rank = (name) => (name === state.me ? 0 : state.statusOf(name) === 'offline' ? 2 : 1);
  return names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}
