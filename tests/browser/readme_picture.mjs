// Makes the picture of the README, docs/images/demo.png, from a real conversation: npm run picture

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, startTroupe } from '../support/troupe.mjs';
import { launchChromium, phone } from './support/chromium.mjs';
import { conversation, enter, joinRoom, member, message, say } from './support/demo_page.mjs';

const browser = await launchChromium();
const node = await startTroupe();
try {
  const ann = await enter(browser, node, 'Ann Perger', 'release-2.4', { viewport: { width: 1180, height: 720 } });
  const bob = await enter(browser, node, 'Bob Marsh', 'release-2.4');
  const linh = await enter(browser, node, 'Linh Tran', 'release-2.4', { viewport: phone, colorScheme: 'dark', isMobile: true, hasTouch: true });
  const tell = async (page, text) => {
    await say(page, text);
    for (const reader of [ann, bob, linh]) await message(reader, text).waitFor();
  };
  await member(ann, 'Linh Tran').waitFor();
  await tell(ann, 'Morning! Is the new build on staging yet?');
  await tell(bob, 'Just went out. Ten thousand connections sat there all night, none lost.');
  await tell(bob, 'Notes: https://example.org/notes/2.4');
  await tell(linh, 'Lovely. I will try the reconnect from the train.');
  await tell(linh, 'If the tunnel does not break it, nothing will.');
  await tell(ann, 'Then we ship at three.');
  await joinRoom(ann, 'support');
  await joinRoom(bob, 'support');
  await conversation(ann, 'release-2.4').click();
  await say(bob, 'Somebody asks for the invoice of May.');
  await say(bob, 'Found it.');
  await member(bob, 'Ann Perger').locator('button').click();
  await say(bob, 'Lunch?');
  await conversation(bob, 'release-2.4').click();
  await bob.locator('#composer-text').pressSequentially('Three it ');
  await conversation(ann, 'Bob Marsh').locator('.badge').waitFor();
  await ann.locator('.typing.active').waitFor();

  const [desk, pocket] = [await ann.screenshot(), await linh.screenshot()].map((png) => `data:image/png;base64,${png.toString('base64')}`);
  const frame = await browser.newPage({ viewport: { width: 1400, height: 830 } });
  await frame.setContent(`<style>
    body { margin: 0; height: 830px; background: #ece6ea; position: relative; }
    img { position: absolute; border-radius: 12px; box-shadow: 0 2px 6px #2a0f1e2e, 0 18px 50px #2a0f1e38; }
    .desk { left: 36px; top: 36px; width: 1140px; } .pocket { right: 36px; bottom: 36px; width: 300px; border-radius: 20px; }
  </style><img class="desk" src="${desk}"><img class="pocket" src="${pocket}">`);
  const images = join(root, 'docs/images');
  mkdirSync(images, { recursive: true });
  await frame.screenshot({ path: join(images, 'demo.png') });
} finally {
  await browser.close();
  await node.stop();
}
