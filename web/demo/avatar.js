import { el, icon } from './dom.js';
import { hueOf, initials } from './format.js';

/** A person as a coloured square with letters; with `status`, a dot that shows presence. */
export function avatar(name, { tiny = false, status = null } = {}) {
  const square = el('span.avatar', { 'aria-hidden': 'true' }, initials(name), status ? el(`span.dot.${status}`) : null);
  square.classList.add(`hue-${hueOf(name)}`);
  square.classList.toggle('tiny', tiny);
  return square;
}

export function programAvatar(symbol) {
  return el('span.avatar.program', { 'aria-hidden': 'true' }, icon(symbol));
}
