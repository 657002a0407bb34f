// Left: rooms and people with what is unread, and who the reader is.

import { avatar } from './avatar.js';
import { byId, el, icon, reconcile, setText } from './dom.js';
import { countOf } from './format.js';

const phases = { connecting: 'Connecting…', waiting: 'Not connected', refused: 'Refused', idle: 'Not connected' };

export class SidebarView {
  #chat;

  constructor(chat, { shown }) {
    this.#chat = chat;
    this.shown = shown;
    for (const radio of document.getElementsByName('status')) radio.onchange = () => chat.setStatus(radio.value);
    this.#wireForm('room', 'room-add', 'room-form', 'room-name');
    this.#wireForm('user', 'person-add', 'person-form', 'person-name');
  }

  render() {
    const { state } = this.#chat;
    this.#list('room-list', state.rooms);
    this.#list('person-list', state.directs);
    byId('room-empty').hidden = state.rooms.length > 0;
    byId('person-empty').hidden = state.directs.length > 0;
    this.#renderMe(state);
  }

  #list(id, conversations) {
    const { state } = this.#chat;
    reconcile(byId(id), conversations, {
      key: (one) => one.key,
      look: (one) => [one === state.current, one.unread, one.entry, one.kind === 'user' && state.statusOf(one.name)].join(),
      make: (one) => el('li', {}, this.#link(one)),
    });
  }

  #link(conversation) {
    const { state } = this.#chat;
    const { kind, name, unread, entry } = conversation;
    const status = state.statusOf(name);
    const spoken = [
      kind === 'room' ? `Room ${name}` : `${name}, ${status === 'unknown' ? 'presence not known' : status}`,
      unread ? `${unread} unread` : null,
      entry === 'refused' ? 'not joined' : null,
    ].filter(Boolean).join(', ');
    const link = el('button.conversation-link', {
      type: 'button',
      'aria-label': spoken,
      'aria-current': conversation === state.current ? 'page' : null,
      onclick: () => { this.#chat.open(kind, name); this.shown(); },
    },
    kind === 'room' ? el('span.hash', {}, '#') : avatar(name, { tiny: true, status }),
    el('span.name', {}, name),
    entry === 'refused' ? icon('alert') : null,
    unread ? el('span.badge', {}, unread > 99 ? '99+' : String(unread)) : null);
    link.classList.toggle('unread', unread > 0);
    return link;
  }

  #renderMe(state) {
    const { connection, me } = state;
    const status = state.statusOf(me);
    const look = `${me} ${status}`;
    if (byId('me-avatar').dataset.look !== look) byId('me-avatar').replaceChildren(avatar(me, { status }));
    byId('me-avatar').dataset.look = look;
    for (const radio of document.getElementsByName('status')) radio.checked = radio.value === state.my_status;
    setText(byId('me-name'), me);
    byId('connection-dot').className = `dot ${connection.phase}`;
    setText(byId('connection-text'), phases[connection.phase] ?? online(connection));
    const node = connection.node ? `on ${connection.node}` : '';
    byId('node-text').hidden = !node;
    byId('node-text').title = node;
    setText(byId('node-text'), node);
  }

  #wireForm(kind, button_id, form_id, input_id) {
    const [button, form, input] = [button_id, form_id, input_id].map(byId);
    const show = (open) => {
      form.hidden = !open;
      button.setAttribute('aria-expanded', String(open));
      if (open) input.focus();
    };
    button.onclick = () => show(form.hidden);
    input.onkeydown = (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      show(false);
      button.focus();
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      const name = input.value.trim().replace(kind === 'room' ? /^#/ : /^@/, '');
      if (!name) return;
      input.value = '';
      show(false);
      this.#chat.open(kind, name);
      this.shown();
    };
  }
}

function online({ transport, latency }) {
  const name = { websocket: 'WebSocket', polling: 'Long polling' }[transport] ?? transport;
  return latency === null ? name : `${name} · ${latency < 1 ? '< 1' : Math.round(latency)} ms`;
}

export const unreadLabel = (n) => (n ? countOf(n, 'unread message') : '');
