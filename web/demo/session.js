// What this tab remembers over a reload: who the reader is, the conversations and their last messages. One tab, one
// person: two tabs of one browser may be two people.

import { Conversation } from './conversation.js';

const key = 'troupe-demo';
const remembered_messages = 100;

export function remember(state, credentials) {
  const conversations = [...state.conversations.values()].map((one) => ({
    kind: one.kind,
    name: one.name,
    draft: one.draft,
    messages: one.messages.slice(-remembered_messages),
  }));
  store({ me: state.me, credentials, current: state.current?.key ?? null, conversations });
}

/** Puts a remembered session into the state; returns its credentials, or null when there is none. */
export function recall(state) {
  const saved = load();
  if (!saved?.me || !saved.credentials) return null;
  state.me = saved.me;
  for (const { kind, name, draft, messages } of saved.conversations ?? []) {
    const conversation = Object.assign(new Conversation(kind, name), { draft, messages });
    state.conversations.set(conversation.key, conversation);
  }
  state.current = state.conversations.get(saved.current) ?? null;
  return saved.credentials;
}

export function forget() {
  try { sessionStorage.removeItem(key); } catch { /* storage switched off: nothing to forget */ }
}

function store(value) {
  try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* full or switched off: the page works without */ }
}

function load() {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}
