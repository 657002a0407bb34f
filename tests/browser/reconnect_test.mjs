// The demo page while its node goes away and comes back.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startTroupe } from '../support/troupe.mjs';
import { launchChromium, picture } from './support/chromium.mjs';
import { enter, member, message, noFaults, say, status, texts } from './support/demo_page.mjs';

let browser;

before(async () => { browser = await launchChromium(); });
after(() => browser?.close());
afterEach(async () => { for (const context of browser.contexts()) await context.close(); });

for (const [how, signal] of [['stopped', 'SIGTERM'], ['killed', 'SIGKILL']]) {
  test(`a node that is ${how} and started again: the page says so, waits, and goes on`, async (t) => {
    const node = await startTroupe({ t });
    const [ann, bob] = [await enter(browser, node, 'ann', 'lobby'), await enter(browser, node, 'bob', 'lobby')];
    await say(ann, 'before');
    await message(bob, 'before').waitFor();

    await node.stop({ signal });
    for (const page of [ann, bob]) await page.locator('#banner', { hasText: /Trying again in \d+ s\./ }).waitFor();
    await ann.locator('.me .connection', { hasText: 'Not connected' }).waitFor();
    await say(ann, 'written while away');
    await status(ann, 'written while away', 'sending').waitFor();
    await picture(ann, `away-${how}`);

    await node.start();
    for (const page of [ann, bob]) {
      if (await page.locator('#banner-retry').isVisible()) await page.locator('#banner-retry').click({ timeout: 1_000 }).catch(() => {});
      await page.locator('#banner').waitFor({ state: 'hidden', timeout: 30_000 });
    }
    await status(ann, 'written while away', 'sent').waitFor();
    await member(ann, 'bob').waitFor();
    await say(bob, 'I am back too');
    await message(ann, 'I am back too').waitFor();
    assert.deepEqual((await texts(ann)).sort(), ['I am back too', 'before', 'written while away'].sort());
    noFaults(ann, bob);
  });
}
