import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { toPublication } from '../src/zalo_event.mjs';

const folder = new URL('../samples/', import.meta.url);
const sample = async (name) => JSON.parse(await readFile(new URL(`${name}.json`, folder), 'utf8'));

test('every recorded sample becomes a publication into its customer\'s room', async () => {
  const expected = {
    follow: 'notification', unfollow: 'notification', user_seen_message: 'system', oa_send_text: 'chat', user_send_text: 'chat',
    user_send_image: 'chat', user_send_location: 'chat', user_send_sticker: 'chat',
  };
  const names = (await readdir(folder)).map((file) => file.replace('.json', ''));
  assert.deepEqual(names.sort(), Object.keys(expected).sort());
  for (const name of names) {
    const { room, event, id, data } = toPublication(await sample(name));
    assert.equal(event, expected[name], name);
    assert.equal(room, 'conversation:246845883529197922', name);
    assert.equal(data.room, room, name);
    assert.equal(data.id, id, name);
    assert.ok(data.content.length > 0, name);
  }
});

test('a text keeps its words, its time and the message id', async () => {
  const { id, data } = toPublication(await sample('user_send_text'));
  assert.equal(id, 'zalo-96d3cdf3af150460909');
  assert.equal(data.content, 'Chào shop, áo khoác màu xanh còn size M không ạ?');
  assert.equal(data.ts, 1718000500123);
  assert.equal(data.from, 'Zalo user 7922');
});

test('an image carries its address, and nothing that is no web address', async () => {
  const event = await sample('user_send_image');
  assert.equal(toPublication(event).data.link, 'https://example.org/zalo/image.jpg');
  event.message.attachments[0].payload.url = 'javascript:alert(1)';
  const { data } = toPublication(event);
  assert.equal(data.link, undefined);
  assert.equal(data.attachments[0].url, undefined);
});

test('an event without message id has an id made of what it is', async () => {
  const event = await sample('follow');
  assert.equal(toPublication(event).id, toPublication(structuredClone(event)).id);
  assert.notEqual(toPublication(event).id, toPublication({ ...event, timestamp: '1718000400001' }).id);
});

test('events that no room needs, and odd ones, become nothing', async () => {
  const text = await sample('user_send_text');
  for (const odd of [
    {}, { ...text, event_name: 'add_user_to_tag' }, { ...text, event_name: 'user_send_constructor' }, { ...text, message: undefined },
    { ...text, sender: { id: '../admin' } }, { ...text, sender: { id: 7 } }, { ...text, event_name: 12, sender: undefined },
  ]) assert.equal(toPublication(odd), null, JSON.stringify(odd));
});
