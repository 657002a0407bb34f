// Middle, around the messages: title, connection banner, empty states, who is typing, and the message field.

import { byId, el, setText } from './dom.js';
import { countOf, listOf } from './format.js';
import { presenceText } from './members_view.js';

export class StageView {
  #chat;
  #shown = null;
  #text = byId('composer-text');

  constructor(chat, { notify, sent }) {
    this.#chat = chat;
    byId('banner-retry').onclick = () => chat.retryNow();
    byId('leave').onclick = () => chat.leave(chat.state.current);
    byId('copy-link').onclick = () => copyLink(notify);
    this.#wireComposer(sent);
    setInterval(() => this.#renderBanner(), 500);
  }

  render() {
    const { state } = this.#chat;
    const one = state.current;
    if (this.#shown !== one) this.#switchTo(one);
    setText(byId('title'), one?.name ?? 'Troupe');
    setText(byId('subtitle'), one ? this.#subtitle(one) : '');
    for (const id of ['leave', 'copy-link']) byId(id).hidden = !one;
    byId('members-open').hidden = one?.kind !== 'room';
    byId('composer').hidden = !one || one.entry === 'refused';
    this.#renderTyping(one);
    this.#renderEmpty(one);
    this.#renderBanner();
    this.#enableSend();
  }

  focus() { if (!matchMedia('(pointer: coarse)').matches) this.#text.focus(); }

  #switchTo(one) {
    if (this.#shown) this.#shown.draft = this.#text.value;
    this.#shown = one;
    this.#text.value = one?.draft ?? '';
    this.#text.placeholder = one ? `Message ${one.kind === 'room' ? '#' : ''}${one.name}` : '';
    const words = one?.kind === 'room' ? `Leave the room ${one.name}` : 'Close this conversation';
    byId('leave').title = words;
    byId('leave').setAttribute('aria-label', words);
    this.#grow();
  }

  #subtitle(one) {
    if (one.kind === 'user') return presenceText(this.#chat.state, one.name);
    if (one.entry === 'joining') return this.#chat.state.online ? 'Joining…' : 'Joined as soon as there is a connection';
    if (one.entry === 'refused') return 'Not joined';
    return one.unlisted ? `${countOf(one.size, 'window')} open here` : `${countOf(one.people.size, 'person', 'people')} here`;
  }

  #renderTyping(one) {
    const names = [...(one?.typists.keys() ?? [])];
    byId('typing').classList.toggle('active', names.length > 0);
    setText(byId('typing-text'), names.length ? `${listOf(names)} ${names.length > 1 ? 'are' : 'is'} typing…` : '');
  }

  #renderBanner() {
    const { phase, reason, retry_at } = this.#chat.state.connection;
    const away = phase === 'waiting' || phase === 'refused' || (phase === 'connecting' && reason !== '');
    byId('banner').hidden = !away;
    if (!away) return;
    const seconds = Math.max(1, Math.ceil((retry_at - Date.now()) / 1000));
    setText(byId('banner-text'), phase === 'connecting' ? 'Reconnecting…' : `${reason} Trying again in ${seconds} s.`);
    byId('banner-retry').hidden = phase === 'connecting';
  }

  #renderEmpty(one) {
    const box = byId('empty');
    const wanted = emptyState(one);
    box.hidden = !wanted;
    const look = wanted ? [one?.key, wanted.title, wanted.text].join() : '';
    if (box.dataset.look === look) return;
    box.dataset.look = look;
    if (!wanted) return box.replaceChildren();
    box.replaceChildren(
      el('span.glyph', { 'aria-hidden': 'true' }, wanted.glyph), el('h2', {}, wanted.title), el('p', {}, wanted.text),
      one?.entry === 'refused'
        ? el('button.small', { type: 'button', onclick: () => this.#chat.open(one.kind, one.name) }, 'Try again') : '');
  }

  #wireComposer(sent) {
    byId('composer').onsubmit = (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (!text || !this.#chat.state.current) return;
      this.#text.value = '';
      this.#grow();
      this.#chat.send(this.#chat.state.current, text);
      sent();
    };
    this.#text.onkeydown = (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      byId('composer').requestSubmit();
    };
    this.#text.oninput = () => {
      this.#grow();
      this.#enableSend();
      if (this.#chat.state.current) this.#chat.state.current.draft = this.#text.value;
      this.#chat.typing(this.#text.value.trim() !== '');
    };
    this.#text.onblur = () => this.#chat.typing(false);
  }

  #enableSend() { byId('composer-send').disabled = this.#text.value.trim() === ''; }

  // For browsers without field-sizing.
  #grow() {
    if (CSS.supports('field-sizing', 'content')) return;
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }
}

function emptyState(one) {
  if (!one) {
    const text = 'Join a room, or write to somebody, from the list of conversations.';
    return { glyph: '#', title: 'Nothing open', text };
  }
  if (one.entry === 'refused') return { glyph: '!', title: `Not in ${one.name}`, text: one.refusal };
  if (one.messages.some((message) => message.kind !== 'notice')) return null;
  if (one.kind === 'user') {
    const text = `Say hello. If ${one.name} is away, the message waits until they are back.`;
    return { glyph: '@', title: `You and ${one.name}`, text };
  }
  const text = 'No messages yet. Write the first, or copy the link at the top and invite somebody.';
  return { glyph: '#', title: `Welcome to ${one.name}`, text };
}

async function copyLink(notify) {
  try {
    await navigator.clipboard.writeText(location.href);
    notify('Link copied. Whoever opens it chooses a name and is here.');
  } catch {
    notify(`This browser does not let the page copy. The link: ${location.href}`);
  }
}
