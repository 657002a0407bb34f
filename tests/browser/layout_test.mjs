// The demo page on a phone's width, in light and in dark, and by keyboard alone.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startTroupe } from '../support/troupe.mjs';
import { launchChromium, openPage, phone, picture } from './support/chromium.mjs';
import { conversation, enter, joined, joinRoom, member, message, noFaults, reads, say } from './support/demo_page.mjs';

let browser;
let node;

before(async () => {
  browser = await launchChromium();
  node = await startTroupe();
});
after(async () => {
  await browser?.close();
  await node?.stop();
});
afterEach(async () => { for (const context of browser.contexts()) await context.close(); });

/** Parts that reach beyond the frame they belong to. */
const stickingOut = (page) => page.evaluate(() => ['body', '.stage', '.sidebar'].flatMap((frame) => {
  const edge = document.querySelector(frame).getBoundingClientRect().right + 0.5;
  return [...document.querySelectorAll(`${frame} :is(p, h1, h2, button, input, textarea, span, time)`)]
    .filter((part) => part.checkVisibility({ visibilityProperty: true }) && part.getBoundingClientRect().right > edge)
    .map((part) => `${frame}: ${part.outerHTML.slice(0, 120)}`);
}));

for (const colorScheme of ['light', 'dark']) {
  test(`at 360 px, ${colorScheme}: everything is reachable and nothing sticks out`, async () => {
    const options = { viewport: phone, colorScheme, hasTouch: true, isMobile: true };
    const room = `pocket-${colorScheme}`;
    const [ann, bob] = [await enter(browser, node, 'ann', room, options), await enter(browser, node, 'bob', room)];
    await say(bob, 'A message with a-word-that-does-not-end-'.concat('x'.repeat(300)));
    await say(bob, 'And an ordinary one, long enough to need a second and perhaps a third line on a small screen.');
    await message(ann, 'ordinary').waitFor();
    await say(ann, 'On my way.');
    await message(bob, 'On my way.').waitFor();
    assert.deepEqual(await stickingOut(ann), []);
    await picture(ann, `phone-${colorScheme}`);

    assert.equal(await ann.locator('#sidebar').isVisible(), false);
    await ann.locator('#sidebar-open').tap();
    await joinRoom(ann, `another-room-with-quite-a-long-name-${colorScheme}`);
    assert.equal(await ann.locator('#sidebar').isVisible(), false, 'choosing closes the drawer');
    await say(bob, 'Are you still there?');
    await reads(ann.locator('#unread-elsewhere'), '1');
    await ann.locator('#sidebar-open').tap();
    await conversation(ann, room).waitFor();
    assert.deepEqual(await stickingOut(ann), []);
    await picture(ann, `phone-drawer-${colorScheme}`);
    for (const link of await ann.locator('.conversation-link').all()) assert.ok((await link.boundingBox()).height >= 44);
    await conversation(ann, room).tap();
    await ann.locator('#members-open').tap();
    await member(ann, 'bob').waitFor();
    await picture(ann, `phone-members-${colorScheme}`);
    await ann.locator('#scrim').tap({ position: { x: 20, y: 300 } });
    await ann.locator('#members').waitFor({ state: 'hidden' });
    assert.deepEqual(await stickingOut(ann), []);
    noFaults(ann, bob);
  });

  test(`on a desk, ${colorScheme}`, async () => {
    const [ann, bob] = [
      await enter(browser, node, 'Ann Perger', `desk-${colorScheme}`, { colorScheme }),
      await enter(browser, node, 'Bob Marsh', `desk-${colorScheme}`),
    ];
    await say(ann, 'Is the new build on staging yet?');
    await message(bob, 'staging').waitFor();
    await say(bob, 'Just went out.');
    await message(ann, 'Just went out.').waitFor();
    await picture(ann, `desk-${colorScheme}`);
    noFaults(ann, bob);
  });
}

test('by keyboard alone', async () => {
  const bob = await enter(browser, node, 'bob', 'keys');
  const ann = await openPage(browser, `${node.url}/demo#room=keys`);
  await ann.locator('#welcome-name').waitFor();
  await ann.keyboard.type('ann');
  await ann.keyboard.press('Enter');
  await joined(ann);
  await ann.keyboard.type('typed at once');
  await ann.keyboard.press('Shift+Enter');
  await ann.keyboard.type('on two lines');
  await ann.keyboard.press('Enter');
  await message(bob, 'typed at once\non two lines').waitFor();
  await ann.locator('#room-add').focus();
  await ann.keyboard.press('Enter');
  await ann.keyboard.type('elsewhere');
  await ann.keyboard.press('Enter');
  await reads(ann.locator('#title'), 'elsewhere');
  await ann.keyboard.press('Alt+ArrowUp');
  await reads(ann.locator('#title'), 'keys');
  await ann.locator('#room-add').focus();
  await ann.keyboard.press('Enter');
  await ann.keyboard.press('Escape');
  assert.equal(await ann.evaluate(() => document.activeElement.id), 'room-add', 'Escape goes back to where one came from');
  noFaults(ann, bob);
});

test('who reads further up is not torn away by new messages', async () => {
  const [ann, bob] = [await enter(browser, node, 'ann', 'long'), await enter(browser, node, 'bob', 'long')];
  for (let i = 1; i <= 30; i += 1) await say(bob, `line ${i}`);
  await message(ann, 'line 30').waitFor();
  const scroll = ann.locator('#messages-scroll');
  const toEnd = () => scroll.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  assert.ok(await toEnd() < 48, 'new messages are in view');
  await scroll.evaluate((box) => { box.scrollTop = 0; });
  await say(bob, 'one more');
  await ann.locator('#jump').waitFor();
  assert.equal(await scroll.evaluate((box) => box.scrollTop), 0);
  await ann.locator('#jump').click();
  await ann.locator('#jump').waitFor({ state: 'hidden' });
  assert.ok(await toEnd() < 48);
  noFaults(ann, bob);
});
