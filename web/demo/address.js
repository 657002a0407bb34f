// The part of the page's address behind the #: which conversation is open, so that a link opens it.
// #room=lobby, #user=bob; a link may also carry name=ann and transport=polling|websocket.

export function parseHash(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const transport = fields.get('transport');
  return {
    room: cleaned(fields.get('room')),
    user: cleaned(fields.get('user')),
    name: cleaned(fields.get('name')),
    transport: transport === 'polling' || transport === 'websocket' ? transport : null,
  };
}

/** The hash that opens a conversation. The reader's own name stays out of it: a shared link must not share that. */
export function hashOf(conversation) {
  return `#${new URLSearchParams({ [conversation.kind]: conversation.name })}`;
}

function cleaned(text) {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed.slice(0, 128);
}
