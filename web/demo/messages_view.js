// The list of messages of the open conversation: groups by author, days, the "New" line, states and retries.

import { avatar, programAvatar } from './avatar.js';
import { byId, el, icon, reconcile, withLinks } from './dom.js';
import { dayOf, preciseTimeOf, startOfDay, timeOf } from './format.js';

const group_ms = 5 * 60_000;

const statuses = {
  sending: ['clock', 'Sending'],
  sent: ['check', 'Sent'],
  delivered: ['checks', 'Delivered'],
  queued: ['clock', 'Waits until the other one is back'],
};

export class MessagesView {
  #chat;
  #shown = null; // key of the conversation on screen
  #scroll = byId('messages-scroll');
  #list = byId('messages');
  #missed = false;

  constructor(chat) {
    this.#chat = chat;
    this.#scroll.addEventListener('scroll', () => { if (this.#atEnd()) this.#setMissed(false); }, { passive: true });
    byId('jump').onclick = () => this.toEnd();
    new ResizeObserver(() => { if (this.stick) this.toEnd(); }).observe(this.#scroll);
    this.stick = true;
    this.#scroll.addEventListener('scroll', () => { this.stick = this.#atEnd(); }, { passive: true });
  }

  render() {
    const { state } = this.#chat;
    const conversation = state.current;
    const switched = this.#shown !== (conversation?.key ?? null);
    const was_at_end = this.#atEnd();
    const last = this.#list.lastElementChild?.dataset.key;
    if (switched) this.#list.replaceChildren();
    this.#shown = conversation?.key ?? null;
    reconcile(this.#list, rows(conversation), {
      key: (row) => row.key,
      look: (row) => row.look + (row.message?.status === 'sending' ? state.online : ''),
      make: (row) => this.#make(row, conversation),
    });
    const grown = this.#list.lastElementChild?.dataset.key !== last;
    const own = conversation?.messages.at(-1)?.status === 'sending';
    if (switched || was_at_end || (grown && own)) this.toEnd();
    else if (grown) this.#setMissed(true);
  }

  toEnd() {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
    this.stick = true;
    this.#setMissed(false);
  }

  #atEnd() { return this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight < 48; }

  #setMissed(missed) {
    if (this.#missed === missed) return;
    this.#missed = missed;
    byId('jump').hidden = !missed;
  }

  #make(row, conversation) {
    if (row.kind === 'day') return el('li.divider', {}, row.text);
    if (row.kind === 'new') return el('li.divider.new', {}, 'New');
    const { message } = row;
    if (message.kind === 'notice') return el('li.notice', {}, message.text);
    if (message.kind === 'system') return systemLine(message);
    const item = el('li.message', { 'data-id': message.id });
    item.classList.toggle('first', row.first);
    if (message.status) item.classList.add(message.status);
    item.append(row.first ? face(message) : timeElement(message), el('div.message-body', {},
      row.first ? head(message) : null, ...this.#content(message, conversation)));
    return item;
  }

  #content(message, conversation) {
    const look = message.kind === 'chat' ? 'p.message-text' : 'p.card';
    const parts = [el(look, {}, el('span', {}, withLinks(message.text)), this.#status(message))];
    if (message.link) {
      const to = { href: message.link, target: '_blank', rel: 'noopener noreferrer' };
      parts.push(el('a.attachment', to, icon('open'), 'Open attachment'));
    }
    if (message.status === 'failed') parts.push(this.#failure(message, conversation));
    if (message.status === 'queued') parts.push(el('p.message-note', {}, `Waits until ${conversation.name} is back.`));
    return parts;
  }

  #status({ status }) {
    if (!statuses[status]) return null;
    const [symbol, said] = statuses[status];
    const words = status === 'sending' && !this.#chat.state.online ? 'Sent as soon as the connection is back' : said;
    return el(`span.message-status.${status}`, { title: words, role: 'img', 'aria-label': words }, icon(symbol));
  }

  #failure(message, conversation) {
    return el('div.message-failure', {},
      el('span', {}, `Not sent. ${message.detail}`),
      el('button', { type: 'button', onclick: () => this.#chat.retry(conversation, message) }, 'Retry'),
      el('button', { type: 'button', onclick: () => this.#chat.discard(conversation, message) }, 'Discard'));
  }
}

/** Messages with what stands between them. */
function rows(conversation) {
  const result = [];
  let previous = null;
  for (const message of conversation?.messages ?? []) {
    const day = startOfDay(message.ts);
    const new_day = !previous || startOfDay(previous.ts) !== day;
    const is_new = message.id === conversation.first_unread && previous !== null;
    if (new_day) result.push({ kind: 'day', key: `day-${day}-${message.id}`, look: dayOf(day), text: dayOf(day) });
    if (is_new) result.push({ kind: 'new', key: 'new', look: '' });
    const first = new_day || is_new || previous.kind !== message.kind || previous.from !== message.from
      || message.ts - previous.ts > group_ms;
    result.push({
      kind: 'message', key: `message-${message.id}`, message, first,
      look: [first, message.status, message.detail, message.ts].join(),
    });
    previous = message;
  }
  return result;
}

function systemLine(message) {
  return el('li.notice.system', { 'data-id': message.id },
    icon('info'), el('span', {}, withLinks(message.text)), timeElement(message));
}

function face({ kind, from }) {
  return kind === 'chat' ? avatar(from) : programAvatar('bell');
}

function head(message) {
  const tag = message.kind === 'notification' ? 'Notification' : null;
  return el('p.message-head', {}, el('span.author', {}, message.from), tag ? el('span.tag', {}, tag) : null, timeElement(message));
}

function timeElement({ ts }) {
  return el('time', { dateTime: new Date(ts).toISOString(), title: preciseTimeOf(ts) }, timeOf(ts));
}
