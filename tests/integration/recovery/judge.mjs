// Decides over a record whether clients that came and went got what they should. Pure: a record in, counts and findings out.
//
// A record lasts from a moment when nobody says anything and everybody has everything to the next such moment:
//   {said: Map room -> [{id, place, began}],   acknowledged; `place`: where in its room; `began`: when it was said
//    clients: [{name, size, rooms: Map room -> lives, before: Set of ids, hits, parted, recovered, anew, renamed}]}   see listener.mjs

/** What is counted of a client, and what it means. */
export const kinds = {
  lost: 'acknowledged while the client was in the room, and not heard, though its session went on',
  missed: 'the same, between a session and the new one that took its place: the client was told',
  doubled: 'heard once more',
  disordered: 'heard for the first time after a later one of its room',
  replaced: 'one message at two places',
};

/**
 * @returns {{clients: object[], examples: string[]}} of each client {name, size, hits, heard, ...kinds, parted, recovered, renamed, anew}
 */
export function judge({ said, clients }) {
  const examples = [];
  const places = new Map(); // id -> place
  for (const list of said.values()) for (const { id, place } of list) places.set(id, place);
  const counts = clients.map((client) => {
    const { name, size, hits, parted, recovered, renamed, anew } = client;
    const counted = { name, size, hits: [...hits].sort(), parted, recovered, renamed, anew, heard: 0, lost: 0, missed: 0, doubled: 0, disordered: 0, replaced: 0 };
    const count = (kind, text) => {
      ++counted[kind];
      if (examples.length < 50) examples.push(`${kind}: ${name} (${counted.hits.join('+') || 'not parted'}) ${text}`);
    };
    for (const [room, lives] of client.rooms) {
      const seen = heardIn(room, lives, client.before, places, counted, count);
      for (const message of said.get(room) ?? []) if (!seen.has(message.id)) notHeard(room, lives, message, count);
    }
    return counted;
  });
  return { clients: counts, examples };
}

/** Ids heard in the room; finds what came twice or out of place. */
function heardIn(room, lives, before, places, counted, count) {
  const seen = new Set();
  for (const life of lives) {
    let last = life.last;
    for (const { id, place } of life.heard) {
      ++counted.heard;
      if (places.has(id) ? places.get(id) !== place : place === undefined) count('replaced', `${room}: ${id} at ${place} and ${places.get(id)}`);
      if (seen.has(id) || before.has(id)) count('doubled', `${room}: ${id} at ${place} again, after ${last}`);
      else if (place < last) count('disordered', `${room}: ${id} at ${place} after ${last}`);
      seen.add(id);
      last = Math.max(last, place);
    }
  }
  return seen;
}

/** Whether a life owes the message: it had begun before that was said, and went on, or heard a later one. */
function notHeard(room, lives, { id, place, began }, count) {
  const highest = (life) => life.heard.reduce((most, h) => Math.max(most, h.place), life.last);
  const owing = lives.find((life) => life.since <= began && (!life.over || place < highest(life)));
  if (owing) {
    const others = owing.heard.map((h) => h.place);
    const [last, next] = [Math.max(owing.last, ...others.filter((p) => p < place)), Math.min(...others.filter((p) => p > place))];
    return count('lost', `${room}: ${id} at ${place}, between ${last} and ${next}, said ${Math.round(began - owing.since)} ms after it joined`);
  }
  const between = lives.some((life, i) => life.over === 'anew' && life.since <= began && !(lives[i + 1]?.since <= began));
  if (between) count('missed', `${room}: ${id} at ${place}`);
}

/** How many were lost. */
export const lost = (record) => judge(record).clients.reduce((n, c) => n + c.lost, 0);

/**
 * What breaks a promise (docs/recovery.md), in words. `store_away`: [{from, to}], when Redis did not answer, or nodes had not yet
 * found it again: who came back then may have begun anew.
 */
export function broken({ clients }, store_away = []) {
  const found = [];
  for (const c of clients) {
    const find = (text) => found.push(`${c.name}, in ${c.size} rooms, ${c.hits.join('+') || 'not parted'}: ${text}`);
    const excused = (a) => ['sessions_unavailable', 'recovery_timeout'].includes(a.code) && store_away.some(({ from, to }) => a.back >= from && a.left <= to);
    const crashed = c.hits.includes('kill');
    if (c.lost) find(`${c.lost} lost`);
    if (c.disordered) find(`${c.disordered} out of order`);
    if (c.replaced) find(`${c.replaced} at two places`);
    if (c.renamed) find('recovered under another id');
    if (c.doubled && !(crashed && c.size > 1)) find(`${c.doubled} doubled`);
    for (const a of c.anew) if (!excused(a)) find(`not recovered: ${a.code}`);
    if (c.missed && c.anew.every((a) => !excused(a))) find(`${c.missed} missed`);
  }
  return found;
}
