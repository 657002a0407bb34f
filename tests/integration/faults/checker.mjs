// Decides over the history of a run whether the cluster kept its promises. Pure: records in, findings out.
//
// Records, in any order; times are milliseconds of one clock:
//   {type: 'member', member, room, node, joined}     a socket whose join was acknowledged
//   {type: 'end', member, room, time}                it ended: it owes what stands before the last message that it saw
//   {type: 'publish', text, room, by, time}          an attempt; texts are unique, a repeated attempt has the same text
//   {type: 'answer', text, time, seq?, level?, error?} of an attempt; without `seq` nobody knows whether it was placed
//   {type: 'delivery', member, room, seq, text, time} in the order in which the member saw them
//
// Nothing here goes by how long something took. A member whose connection ends does not see what was still on its way, however
// late that was; only those who stay to the end must have seen all.

/** What the findings are called, and what they mean. */
export const kinds = {
  lost: 'acked as stored, and a member that was there all the time never saw it',
  lost_home: 'acked as ordered (the log was away), and a member that was there all the time never saw it',
  doubled: 'a member saw a message twice',
  backwards: 'a member saw a position that is not beyond the one before',
  gap: 'a member saw a later message without one before it that others saw',
  hole: 'a member saw a later message, and nobody knows what stood in between',
  order: 'two messages at one position',
  two_places: 'one message at two positions',
  invented: 'a delivery that nobody published',
};

/**
 * @param {object[]} records
 * @param {object} [options]
 * @param {boolean} [options.stored_only] messages acked at level `home` may be lost: their home died while the log was away
 * @param {boolean} [options.log_lost] the log lost what it had when a node died: what no other node held is gone, stored or not
 * @returns {{findings: {kind: string, room: string, ...}[], counts: object}}
 */
export function check(records, { stored_only = false, log_lost = false } = {}) {
  const rooms = byRoom(records);
  const findings = [];
  const counts = { rooms: rooms.size, members: 0, published: 0, acked: 0, stored: 0, unknown: 0, deliveries: 0, forgotten: 0 };
  for (const [name, room] of rooms) {
    const find = (kind, facts) => findings.push({ kind, room: name, ...facts });
    const places = placesOf(room, find, counts, stored_only, log_lost);
    for (const member of room.members.values()) checkMember(member, room, places, find);
    checkAcked(room, find, stored_only);
    countRoom(room, counts);
  }
  return { findings, counts };
}

function byRoom(records) {
  const rooms = new Map();
  const rooms_of_texts = new Map();
  const room = (name) => {
    if (!rooms.has(name)) rooms.set(name, { members: new Map(), messages: new Map() });
    return rooms.get(name);
  };
  const inOrder = { member: [], publish: [], answer: [], delivery: [], end: [] };
  for (const r of records) inOrder[r.type]?.push(r);
  for (const r of inOrder.member)
    room(r.room).members.set(r.member, { id: r.member, node: r.node, joined: r.joined, ended: Infinity, seen: [] });
  for (const r of inOrder.publish) {
    rooms_of_texts.set(r.text, r.room);
    const messages = room(r.room).messages;
    const m = messages.get(r.text) ?? { text: r.text, by: new Set(), first: r.time, acks: [], unknown: 0 };
    m.by.add(r.by);
    m.first = Math.min(m.first, r.time);
    messages.set(r.text, m);
  }
  for (const r of inOrder.answer) {
    const m = room(rooms_of_texts.get(r.text)).messages.get(r.text);
    if (r.error === undefined) m.acks.push(r);
    else ++m.unknown;
  }
  for (const r of inOrder.delivery) room(r.room).members.get(r.member)?.seen.push(r);
  for (const r of inOrder.end) Object.assign(room(r.room).members.get(r.member) ?? {}, { ended: r.time });
  return rooms;
}

/** seq -> text; finds positions with two texts and texts with two positions. */
function placesOf(room, find, counts, stored_only, log_lost) {
  const claims = new Map(); // seq -> text -> {acked, members}
  const seqs_of = new Map(); // text -> seqs
  const claim = (seq, text) => {
    if (!claims.has(seq)) claims.set(seq, new Map());
    const texts = claims.get(seq);
    if (!texts.has(text)) texts.set(text, { stored: false, members: [] });
    if (!seqs_of.has(text)) seqs_of.set(text, new Set());
    seqs_of.get(text).add(seq);
    return texts.get(text);
  };
  for (const m of room.messages.values())
    for (const a of m.acks) if (a.seq > 0) claim(a.seq, m.text).stored ||= a.level === 'stored';
  for (const member of room.members.values())
    for (const d of member.seen) {
      claim(d.seq, d.text).members.push(member);
      if (!room.messages.has(d.text)) find('invented', { member: member.id, seq: d.seq, text: d.text });
    }
  const places = new Map();
  for (const [seq, texts] of claims) {
    const kept = [...texts].filter(([, c]) => !(stored_only && mayBeForgotten(c, log_lost)));
    counts.forgotten += texts.size - kept.length;
    if (kept.length > 1) find('order', { seq, texts: kept.map(([text, c]) => ({ text, stored: c.stored, members: c.members.map((m) => m.id) })) });
    places.set(seq, new Set(texts.keys()));
  }
  for (const [text, seqs] of seqs_of) if (seqs.size > 1 && !stored_only) find('two_places', { text, seqs: [...seqs] });
  return places;
}

/** A position that only the dead knew of, and that no log holds. */
function mayBeForgotten(claim, log_lost) {
  return (log_lost || !claim.stored) && claim.members.every((m) => m.ended < Infinity);
}

function checkMember(member, room, places, find) {
  const texts = new Set();
  let last = null;
  for (const d of member.seen) {
    if (texts.has(d.text)) find('doubled', { member: member.id, node: member.node, seq: d.seq, text: d.text });
    else if (last && d.seq <= last.seq) find('backwards', { member: member.id, node: member.node, seq: d.seq, after: last.seq, text: d.text });
    else if (last) checkBetween(member, room, places, last.seq, d.seq, find);
    texts.add(d.text);
    if (!last || d.seq > last.seq) last = d;
  }
  member.texts = texts;
  member.last = last?.seq ?? 0;
}

/** Positions that a member did not see are its own messages, which it does not get. */
function checkBetween(member, room, places, from, to, find) {
  for (let seq = from + 1; seq < to; ++seq) {
    const known = [...(places.get(seq) ?? [])];
    if (known.some((text) => room.messages.get(text)?.by.has(member.id))) continue;
    if (known.length) find('gap', { member: member.id, node: member.node, seq, texts: known, between: [from, to] });
    else if (!unplacedOf(member, room, places)) find('hole', { member: member.id, node: member.node, seq, between: [from, to] });
    else --room.unplaced.get(member.id).left;
  }
}

/** How many messages the member has sent of which nobody knows a position. */
function unplacedOf(member, room, places) {
  room.unplaced ??= new Map();
  if (!room.unplaced.has(member.id)) {
    const placed = new Set([...places.values()].flatMap((texts) => [...texts]));
    const own = [...room.messages.values()].filter((m) => m.by.has(member.id) && !placed.has(m.text));
    room.unplaced.set(member.id, { left: own.length });
  }
  return room.unplaced.get(member.id).left > 0;
}

function checkAcked(room, find, stored_only) {
  for (const m of room.messages.values()) {
    const acked = m.acks.reduce((first, a) => (!first || a.time < first.time ? a : first), null);
    if (!acked) continue;
    const stored = m.acks.some((a) => a.level === 'stored');
    if (!stored && stored_only) continue;
    for (const member of room.members.values()) {
      const stayed = member.ended === Infinity || (acked.seq < member.last && acked.time < member.ended);
      const there = member.joined < m.first && stayed && !m.by.has(member.id);
      if (there && !member.texts.has(m.text))
        find(stored ? 'lost' : 'lost_home', { member: member.id, node: member.node, seq: acked.seq, text: m.text, acked: acked.time });
    }
  }
}

function countRoom(room, counts) {
  for (const m of room.messages.values()) {
    ++counts.published;
    if (m.acks.length) ++counts.acked;
    else ++counts.unknown;
    if (m.acks.some((a) => a.level === 'stored')) ++counts.stored;
  }
  for (const member of room.members.values()) {
    ++counts.members;
    counts.deliveries += member.seen.length;
  }
}
