import { byId, el, icon } from './dom.js';

const stays_ms = 6_000;
const most = 3;

/** A short note at the bottom that goes by itself. The same sentence twice is one note. */
export function toast(text, symbol = 'alert') {
  const box = byId('toasts');
  for (const old of [...box.children]) if (old.textContent === text) old.remove();
  while (box.children.length >= most) box.firstElementChild.remove();
  const note = el('div.toast', {}, icon(symbol), el('p', {}, text),
    el('button.icon-button', { type: 'button', 'aria-label': 'Dismiss', onclick: () => note.remove() }, icon('close')));
  box.append(note);
  setTimeout(() => note.remove(), stays_ms);
}
