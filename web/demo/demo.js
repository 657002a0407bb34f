// Puts the page together: the chat, its views, the address and the keyboard.

import { hashOf, parseHash } from './address.js';
import { Chat } from './chat.js';
import { loadSocketIo } from './client.js';
import { byId, setText } from './dom.js';
import { MembersView } from './members_view.js';
import { MessagesView } from './messages_view.js';
import { forget, recall, remember } from './session.js';
import { SidebarView, unreadLabel } from './sidebar_view.js';
import { StageView } from './stage_view.js';
import { toast } from './toasts.js';
import { WelcomeView } from './welcome_view.js';

const app = byId('app');
let credentials = null;
let chat;
let views;
let welcome;

function enter({ name, auth, room, user = null }) {
  credentials = auth;
  welcome.hide();
  chat.start(name, auth, parseHash(location.hash).transport);
  const kept = chat.state.current;
  if (room) chat.open('room', room);
  else if (user) chat.open('user', user);
  else if (kept) chat.show(kept);
  views.stage.focus();
}

function leaveTroupe(error = '') {
  const { me, current } = chat.state;
  credentials = null;
  chat.stop();
  forget();
  drawer(null);
  welcome.show({ name: me, room: current?.kind === 'room' ? current.name : '', error });
}

function render() {
  if (app.hidden) return;
  const { state } = chat;
  views.sidebar.render();
  views.members.render();
  views.stage.render();
  views.messages.render();
  app.classList.toggle('no-members', state.current?.kind !== 'room');
  const elsewhere = state.unread;
  byId('unread-elsewhere').hidden = elsewhere === 0;
  setText(byId('unread-elsewhere'), elsewhere > 99 ? '99+' : String(elsewhere));
  byId('sidebar-open').setAttribute('aria-label', ['Conversations', unreadLabel(elsewhere)].filter(Boolean).join(', '));
  document.title = `${elsewhere ? `(${elsewhere}) ` : ''}${state.current ? `${state.current.name} · ` : ''}Troupe`;
  if (state.current && location.hash !== hashOf(state.current)) history.replaceState(null, '', hashOf(state.current));
}

function announce(conversation, message) {
  const line = document.createElement('p');
  const where = conversation === chat.state.current ? '' : ` in ${conversation.name}`;
  line.textContent = `${message.from}${where}: ${message.text}`;
  byId('announcer').append(line);
  while (byId('announcer').children.length > 5) byId('announcer').firstElementChild.remove();
}

/** 'sidebar', 'members' or null: at most one drawer is open; on wide screens both parts are simply there. */
function drawer(name) {
  const before = ['sidebar', 'members'].find((one) => app.classList.contains(`show-${one}`)) ?? null;
  for (const one of ['sidebar', 'members']) app.classList.toggle(`show-${one}`, one === name);
  byId('scrim').hidden = name === null;
  byId('stage').inert = name !== null;
  if (name) byId(`${name}-close`).focus();
  else if (before && app.contains(document.activeElement)) byId(`${before}-open`).focus();
}

function wireDrawers() {
  for (const name of ['sidebar', 'members']) {
    byId(`${name}-open`).onclick = () => drawer(name);
    byId(`${name}-close`).onclick = () => drawer(null);
  }
  byId('scrim').onclick = () => drawer(null);
  for (const width of [720, 1020]) matchMedia(`(max-width: ${width}px)`).addEventListener('change', () => drawer(null));
  byId('sign-out').onclick = () => {
    byId('me-menu').hidePopover();
    leaveTroupe();
  };
}

/** Escape closes a drawer; Alt with the arrows goes through the conversations. */
function wireKeyboard() {
  addEventListener('keydown', (event) => {
    if (app.hidden) return;
    if (event.key === 'Escape') return drawer(null);
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    const all = [...chat.state.rooms, ...chat.state.directs];
    if (!all.length) return;
    const step = event.key === 'ArrowDown' ? 1 : all.length - 1;
    chat.show(all[(Math.max(0, all.indexOf(chat.state.current)) + step) % all.length]);
  });
}

function wirePage() {
  addEventListener('hashchange', () => {
    const { room, user } = parseHash(location.hash);
    if (app.hidden || (!room && !user)) return;
    chat.open(room ? 'room' : 'user', room ?? user);
  });
  addEventListener('pagehide', () => { if (credentials) remember(chat.state, credentials); });
  const look = () => { if (document.hasFocus()) chat.seen(); };
  for (const event of ['focus', 'visibilitychange']) addEventListener(event, look, true);
}

function begin() {
  const address = parseHash(location.hash);
  const kept = address.name ? null : recall(chat.state);
  if (address.name) {
    const room = address.room ?? (address.user ? null : 'lobby');
    enter({ name: address.name, auth: { userId: address.name }, room, user: address.user });
  } else if (kept) enter({ name: chat.state.me, auth: kept, room: address.room, user: address.user });
  else welcome.show({ room: address.room ?? '' });
}

async function main() {
  welcome = new WelcomeView(enter);
  let io;
  try {
    io = await loadSocketIo();
  } catch (error) {
    welcome.show({ error: error.message });
    byId('welcome-join').disabled = true;
    return;
  }
  chat = new Chat(io, { message: announce, problem: (sentence) => toast(sentence), turnedAway: leaveTroupe });
  views = {
    sidebar: new SidebarView(chat, { shown }),
    members: new MembersView(chat, { shown }),
    stage: new StageView(chat, { notify: (text) => toast(text, 'check'), sent: () => views.messages.toEnd() }),
    messages: new MessagesView(chat),
  };
  chat.state.onChange(render);
  wireDrawers();
  wireKeyboard();
  wirePage();
  begin();
}

function shown() {
  drawer(null);
  views.stage.focus();
}

main();
