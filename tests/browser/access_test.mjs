// The demo page where the node says no: to names without a token, to wrong tokens, and to too many events.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startTroupe, troupe } from '../support/troupe.mjs';
import { launchChromium, openPage, picture } from './support/chromium.mjs';
import { enter, joined, message, noFaults, reads, say, status } from './support/demo_page.mjs';

const auth = { AUTH_SECRET: 'a-secret-of-this-test-0123456789abcdef' };
let browser;

before(async () => { browser = await launchChromium(); });
after(() => browser?.close());
afterEach(async () => { for (const context of browser.contexts()) await context.close(); });

test('a node that wants tokens: the page asks for one and enters under its name', async (t) => {
  const node = await startTroupe({ t, set: { 'auth.mode': 'token' }, env: auth });
  const page = await openPage(browser, `${node.url}/demo#room=staff`);
  await page.locator('#welcome-name').fill('ann');
  await page.locator('#welcome-join').click();
  await page.locator('#welcome-error', { hasText: /token/i }).waitFor();
  await picture(page, 'token-wanted');

  await page.locator('#welcome-token').fill(await troupe(['token', '--user', 'ann', '--secret', 'quite-another-secret-0123456789abcdef']));
  await page.locator('#welcome-join').click();
  await page.locator('#app').waitFor({ state: 'hidden' });
  await page.locator('#welcome-error', { hasText: /./ }).waitFor();

  await page.locator('#welcome-token').fill(await troupe(['token', '--user', 'ann.perger'], { env: auth }));
  await page.locator('#welcome-join').click();
  await joined(page);
  await reads(page.locator('#me-name'), 'ann.perger');
  await reads(page.locator('#title'), 'staff');
  // The client closes a refused connection by a POST beside its next poll; whichever comes second meets no session.
  page.faults = page.faults.filter((fault) => !fault.includes('status of 400'));
  noFaults(page);
});

test('a message over the rate limit fails with the server\'s sentence and goes through on retry', async (t) => {
  const node = await startTroupe({ t, set: { 'limits.events_per_minute': 20 } });
  const [bob, ann] = [await enter(browser, node, 'bob', 'busy'), await enter(browser, node, 'ann', 'busy')];
  const refused = () => ann.locator('.message.failed').count();
  for (let i = 1; i <= 100 && await refused() === 0; i += 1) await say(ann, `number ${i}.`);
  const failed = ann.locator('.message.failed').last();
  await failed.locator('.message-failure', { hasText: 'Not sent.' }).waitFor();
  const text = await failed.locator('.message-text').textContent();
  await picture(ann, 'not-sent');
  assert.equal(await message(bob, text).count(), 0);

  const deadline = Date.now() + 90_000; // the node lets one more through every 3 s
  while (await message(ann, text).locator('.message-failure').isVisible()) {
    assert.ok(Date.now() < deadline, 'no retry went through');
    await message(ann, text).getByText('Retry').click();
    await message(ann, text).locator('.message-failure, .message-status.sent').waitFor();
  }
  await status(ann, text, 'sent').waitFor();
  await message(bob, text).waitFor();
  assert.equal(await message(bob, text).count(), 1);
});
