// The demo page in Chromium, two people at a time, against a real node.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startTroupe } from '../support/troupe.mjs';
import { launchChromium, openPage, picture } from './support/chromium.mjs';
import {
  conversation, enter, joinRoom, joined, member, memberDot, message, noFaults, reads, say, status, texts, unread,
} from './support/demo_page.mjs';

let browser;
let node;

before(async () => {
  browser = await launchChromium();
  node = await startTroupe({ set: { 'presence.offline_delay_ms': 100, 'limits.max_room_name_bytes': 30 } });
});
after(async () => {
  await browser?.close();
  await node?.stop();
});
afterEach(async () => { for (const context of browser.contexts()) await context.close(); });

test('a stranger picks a name, joins, and two tabs talk', async () => {
  const ann = await openPage(browser, `${node.url}/demo`);
  await ann.locator('#welcome-join').click();
  await reads(ann.locator('#welcome-error'), 'Please say who you are: any name will do.');
  await picture(ann, 'welcome');
  await ann.locator('#welcome-name').fill('ann');
  await ann.locator('#welcome-name').press('Enter');
  await joined(ann);
  assert.equal(await ann.locator('#title').textContent(), 'lobby');
  assert.equal(new URL(ann.url()).hash, '#room=lobby');

  const bob = await enter(browser, node, 'bob', 'lobby');
  await member(ann, 'bob').waitFor();
  await say(ann, 'Hello Bob, <b>can</b> you read this?');
  await message(bob, 'Hello Bob, <b>can</b> you read this?').waitFor();
  assert.equal(await bob.locator('.message b').count(), 0, 'what people write is text, never markup');
  await status(ann, 'Hello Bob', 'sent').waitFor();
  await say(bob, 'Yes. https://example.org/a?b=c, and you?');
  await message(ann, 'and you?').waitFor();
  assert.equal(await message(ann, 'and you?').locator('a').getAttribute('href'), 'https://example.org/a?b=c');
  assert.equal(await ann.locator('#announcer').textContent(), 'bob: Yes. https://example.org/a?b=c, and you?');
  noFaults(ann, bob);
});

test('typing shows at the others and ends', async () => {
  const [ann, bob] = [await enter(browser, node, 'ann', 'typing'), await enter(browser, node, 'bob', 'typing')];
  await bob.locator('#composer-text').pressSequentially('I am thinking');
  await reads(ann.locator('#typing-text'), 'bob is typing…');
  await picture(ann, 'typing');
  await bob.locator('#composer-text').fill('');
  await ann.locator('.typing.active').waitFor({ state: 'hidden' });
  await bob.locator('#composer-text').pressSequentially('Now');
  await reads(ann.locator('#typing-text'), 'bob is typing…');
  await say(bob, 'Now I know');
  await ann.locator('.typing.active').waitFor({ state: 'hidden' });
  noFaults(ann, bob);
});

test('members come and go with their presence', async () => {
  const [ann, bob] = [await enter(browser, node, 'ann', 'presence'), await enter(browser, node, 'bob', 'presence')];
  await memberDot(ann, 'bob', 'online').waitFor();
  await ann.locator('.notice', { hasText: 'bob joined' }).waitFor();
  await bob.locator('#me-button').click();
  await bob.locator('#me-menu').getByText('Busy').click();
  await memberDot(ann, 'bob', 'busy').waitFor();
  await member(ann, 'bob').locator('button').click();
  await reads(ann.locator('#subtitle'), 'Busy');
  await bob.context().close();
  await reads(ann.locator('#subtitle'), 'Last seen just now');
  await conversation(ann, 'presence').click();
  await member(ann, 'bob').waitFor({ state: 'detached' });
  await ann.locator('.notice', { hasText: 'bob left' }).waitFor();
  await reads(ann.locator('#subtitle'), '1 person here');
  noFaults(ann);
});

test('direct messages arrive, are counted as unread, and wait for who is away', async () => {
  const [ann, bob] = [await enter(browser, node, 'ann', 'direct'), await enter(browser, node, 'bob', 'direct')];
  await member(ann, 'bob').locator('button').click();
  await say(ann, 'between us');
  await status(ann, 'between us', 'delivered').waitFor();
  await reads(unread(bob, 'ann'), '1');
  assert.match(await bob.title(), /^\(1\) /);
  await conversation(bob, 'ann').click();
  await message(bob, 'between us').waitFor();
  await unread(bob, 'ann').waitFor({ state: 'detached' });
  await say(bob, 'understood');
  await message(ann, 'understood').waitFor();

  await ann.locator('#person-add').click();
  await ann.locator('#person-name').fill('carla');
  await ann.locator('#person-name').press('Enter');
  await say(ann, 'for when you are back');
  await status(ann, 'for when you are back', 'queued').waitFor();
  const carla = await enter(browser, node, 'carla', 'direct');
  await conversation(carla, 'ann').click();
  await message(carla, 'for when you are back').waitFor();
  noFaults(ann, bob, carla);
});

test('several rooms keep apart what belongs to them, and count', async () => {
  const [ann, bob] = [await enter(browser, node, 'ann', 'red'), await enter(browser, node, 'bob', 'red')];
  await joinRoom(ann, 'blue');
  await say(bob, 'one');
  await say(bob, 'two');
  await reads(unread(ann, 'red'), '2');
  assert.deepEqual(await texts(ann), []);
  await ann.keyboard.press('Alt+ArrowUp');
  await reads(ann.locator('#title'), 'red');
  await reads(ann.locator('.divider.new'), 'New');
  assert.deepEqual(await texts(ann), ['one', 'two']);
  await ann.locator('#leave').click();
  await reads(ann.locator('#title'), 'blue');
  await member(bob, 'ann').waitFor({ state: 'detached' });
  noFaults(ann, bob);
});

test('a refusal is shown in the server\'s words', async () => {
  const ann = await enter(browser, node, 'ann', 'refusals');
  await ann.locator('#room-add').click();
  await ann.locator('#room-name').fill('a-name-that-is-longer-than-this-node-takes');
  await ann.locator('#room-name').press('Enter');
  await ann.locator('.toast', { hasText: 'longer than 30 bytes' }).waitFor();
  await reads(ann.locator('#subtitle'), 'Not joined');
  await ann.locator('#empty', { hasText: 'longer than 30 bytes' }).waitFor();
  assert.equal(await ann.locator('#composer').isVisible(), false);
  await picture(ann, 'refused');
  noFaults(ann);
});

test('a reload keeps the person, the rooms and the messages', async () => {
  const [ann, bob] = [await enter(browser, node, 'ann', 'reload'), await enter(browser, node, 'bob', 'reload')];
  await joinRoom(ann, 'reload-2');
  await conversation(ann, 'reload').click();
  await say(ann, 'before');
  await message(bob, 'before').waitFor();
  await ann.reload();
  await joined(ann);
  assert.deepEqual(await texts(ann), ['before']);
  assert.deepEqual(await ann.locator('#room-list .name').allTextContents(), ['reload', 'reload-2']);
  await say(bob, 'after');
  await message(ann, 'after').waitFor();
  noFaults(ann, bob);
});

test('the transport and the node are shown: upgraded, and long polling alone', async () => {
  const ann = await enter(browser, node, 'ann', 'transports');
  await ann.locator('#connection-text', { hasText: /^WebSocket · (< 1|\d+) ms$/ }).waitFor();
  const { node: id } = await (await fetch(`${node.url}/health`)).json();
  await reads(ann.locator('#node-text'), `on ${id}`);
  const bob = await openPage(browser, `${node.url}/demo#room=transports&name=bob&transport=polling`);
  await joined(bob);
  await bob.locator('#connection-text', { hasText: /^Long polling · / }).waitFor();
  await say(bob, 'over HTTP');
  await message(ann, 'over HTTP').waitFor();
  await say(ann, 'and back');
  await message(bob, 'and back').waitFor();
  noFaults(ann, bob);
});

test('leaving goes back to the welcome and forgets', async () => {
  const [ann, bob] = [await enter(browser, node, 'ann', 'leaving'), await enter(browser, node, 'bob', 'leaving')];
  await member(bob, 'ann').waitFor();
  await ann.locator('#me-button').click();
  await ann.locator('#sign-out').click();
  await ann.locator('#welcome-form').waitFor();
  await member(bob, 'ann').waitFor({ state: 'detached' });
  await ann.reload();
  await ann.locator('#welcome-form').waitFor();
  noFaults(ann, bob);
});
