// What a Zalo OA event means in Troupe: the conversation's room, one of three events (chat, notification, system), and
// its data. The data names the room, because a client that is in several rooms must know where it belongs.

const media = {
  image: 'Sent an image', gif: 'Sent a GIF', audio: 'Sent a voice message', video: 'Sent a video', file: 'Sent a file',
  sticker: 'Sent a sticker', link: 'Sent a link', location: 'Sent a location',
};

const notices = {
  follow: ['notification', 'New follower', 'follows the Official Account now'],
  unfollow: ['notification', 'Follower left', 'does not follow the Official Account any more'],
  user_seen_message: ['system', null, 'has seen the message'],
  user_received_message: ['system', null, 'has received the message'],
};

/**
 * @param {object} event  the parsed body of a post
 * @returns {{room, event, data, id} | null}  what to publish; null: an event that nobody in the room needs
 */
export function toPublication(event) {
  const user = typeof event.event_name === 'string' ? customerOf(event) : null;
  if (!user) return null;
  const base = {
    room: `conversation:${user}`,
    id: idOf(event, user),
    channel: 'zalo',
    kind: event.event_name,
    userId: user,
    ts: Number(event.timestamp),
  };
  const [name, data] = contentOf(event, user) ?? [];
  return name ? { room: base.room, event: name, id: base.id, data: { ...base, ...data } } : null;
}

/** The customer: who wrote, whom the account wrote to, or who follows. */
function customerOf({ event_name, sender, recipient, follower }) {
  const by_account = event_name.startsWith('oa_') || event_name === 'user_seen_message' || event_name === 'user_received_message';
  const id = follower?.id ?? (by_account ? recipient?.id : sender?.id);
  return typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : null;
}

function contentOf(event, user) {
  const customer = `Zalo user ${user.slice(-4)}`;
  if (Object.hasOwn(notices, event.event_name)) {
    const [name, title, words] = notices[event.event_name];
    return [name, {
      from: 'Zalo', ...(title ? { title } : {}), content: `${customer} ${words}`, messageIds: event.message?.msg_ids,
    }];
  }
  const [, side, type] = /^(user|oa)_send_([a-z]+)$/.exec(event.event_name) ?? [];
  if (!event.message || (type !== 'text' && !Object.hasOwn(media, type ?? ''))) return null;
  const from = side === 'oa' ? 'Official Account' : customer;
  return ['chat', { from, ...(type === 'text' ? { content: String(event.message.text ?? '') } : attached(event.message, type)) }];
}

function attached(message, type) {
  const attachments = (Array.isArray(message.attachments) ? message.attachments : []).slice(0, 10).map((one) => ({
    type: one?.type ?? type,
    ...defined({
      url: web(one?.payload?.url), thumbnail: web(one?.payload?.thumbnail), name: one?.payload?.name,
      coordinates: one?.payload?.coordinates,
    }),
  }));
  const content = [media[type], message.text].filter(Boolean).join(': ');
  return { content, attachments, ...defined({ link: attachments.find((one) => one.url)?.url }) };
}

/** The same event always has the same id: a post that Zalo repeats is published once. */
function idOf({ event_name, message, timestamp }, user) {
  const id = message?.msg_id;
  return typeof id === 'string' && id !== '' && id.length <= 100 ? `zalo-${id}` : `zalo-${event_name}-${user}-${timestamp}`;
}

const web = (url) => (typeof url === 'string' && /^https?:\/\//i.test(url) ? url : undefined);

function defined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));
}
