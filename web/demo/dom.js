// Small helpers to build the page. Text only ever enters it as text.

export const byId = (id) => document.getElementById(id);

/** el('p.note', {title: 'x', onclick: f}, 'text', child, null): an element with classes, properties and children. */
export function el(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length) element.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (key.startsWith('on') || key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** One of the drawings at the end of index.html. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** Sets text only when it differs: screen readers and selections are left in peace. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Makes the children of `parent` show `items` in order. Elements live as long as their key, so focus, selection and
 * scrolling survive; an element is made anew when its `look` (any string) differs.
 */
export function reconcile(parent, items, { key, look, make }) {
  const wanted = new Set(items.map(key));
  const present = new Map();
  for (const child of [...parent.children]) {
    if (wanted.has(child.dataset.key)) present.set(child.dataset.key, child);
    else child.remove();
  }
  let place = parent.firstElementChild;
  for (const item of items) {
    const old = present.get(key(item));
    const child = old?.dataset.look === look(item) ? old : replaced(old, make(item), key(item), look(item));
    if (place === old && old) place = child;
    if (child === place) place = child.nextElementSibling;
    else parent.insertBefore(child, place);
  }
}

function replaced(old, fresh, key, look) {
  fresh.dataset.key = key;
  fresh.dataset.look = look;
  const focused = old?.contains(document.activeElement);
  old?.replaceWith(fresh);
  if (focused) (fresh.matches('button') ? fresh : fresh.querySelector('button'))?.focus();
  return fresh;
}

/** Text with its web addresses as links. */
export function withLinks(text) {
  const fragment = document.createDocumentFragment();
  for (const [index, part] of text.split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/i).entries()) {
    if (index % 2) fragment.append(el('a', { href: part, target: '_blank', rel: 'noopener noreferrer' }, part));
    else if (part) fragment.append(part);
  }
  return fragment;
}
