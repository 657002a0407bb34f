// Words and numbers as people read them. No DOM.

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const precise = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export const timeOf = (ts) => clock.format(ts);
export const preciseTimeOf = (ts) => precise.format(ts);

export function dayOf(ts, now = Date.now()) {
  const days = Math.round((startOfDay(now) - startOfDay(ts)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return date.format(ts);
}

export function startOfDay(ts) {
  return new Date(ts).setHours(0, 0, 0, 0);
}

/** "just now", "5 min ago", "at 14:03", "on Monday, 3 March". */
export function ago(ts, now = Date.now()) {
  const minutes = Math.floor((now - ts) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  return startOfDay(ts) === startOfDay(now) ? `at ${timeOf(ts)}` : `on ${dayOf(ts, now)}`;
}

/** One or two letters for an avatar. */
export function initials(name) {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [...words[0]][0] + [...words.at(-1)][0] : [...(words[0] ?? '?')].slice(0, 1).join('');
  return letters.toUpperCase();
}

/** A stable number below `count`, so that a person keeps the same colour everywhere. */
export function hueOf(name, count = 8) {
  let hash = 2_166_136_261;
  for (const letter of name) hash = Math.imul(hash ^ letter.codePointAt(0), 16_777_619);
  return ((hash ^ (hash >>> 15)) >>> 0) % count;
}

/** "ann", "ann and bob", "ann, bob and 3 others". */
export function listOf(names, shown = 2) {
  if (names.length <= shown) return names.join(' and ');
  const rest = names.length - shown;
  return `${names.slice(0, shown).join(', ')} and ${rest} ${rest === 1 ? 'other' : 'others'}`;
}

export const countOf = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** What the server says in its errors starts small and has no full stop: it is also read in logs. */
export function sentence(text) {
  const trimmed = String(text).trim();
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1) + (/[.!?…]$/.test(trimmed) ? '' : '.');
}

/** Text of whatever a program sent as content: chat clients send strings, producers often send objects. */
export function textOf(content) {
  if (typeof content === 'string') return content;
  if (content instanceof ArrayBuffer || ArrayBuffer.isView(content)) return `(${countOf(content.byteLength, 'byte')})`;
  if (content === null || typeof content !== 'object') return String(content ?? '');
  const known = [content.title, content.text ?? content.message ?? content.content ?? content.body]
    .filter((part) => typeof part === 'string' && part !== '');
  return known.length ? known.join('\n') : JSON.stringify(content);
}
