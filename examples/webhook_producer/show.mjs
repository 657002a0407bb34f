// Shows the whole way: a node, the producer, and a browser in the conversation's room; then posts the samples.
//   node show.mjs            headless; keeps show.png
//   node show.mjs --watch    a visible window; everything stays up until Ctrl+C
// Needs a built Troupe (TROUPE_BIN or build/*/troupe) and Chromium (CHROMIUM or /usr/bin/chromium).

import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startTroupe, troupe } from '../../tests/support/troupe.mjs';
import { sendSample } from './send_sample.mjs';
import { readConfig } from './src/config.mjs';
import { TroupePublisher } from './src/troupe_publisher.mjs';
import { createWebhookServer } from './src/webhook_server.mjs';

const watch = process.argv.includes('--watch');
const user = '246845883529197922';
const room = `conversation:${user}`;
const auth = { AUTH_SECRET: 'only-for-this-show-0123456789abcdef' };
const zalo = { ZALO_APP_ID: '360846524940903967', ZALO_OA_SECRET_KEY: 'only-for-this-show' };
const secrets = { app_id: zalo.ZALO_APP_ID, secret_key: zalo.ZALO_OA_SECRET_KEY };

const node = await startTroupe({ set: { 'auth.mode': 'token' }, env: auth });
console.log(`Troupe at ${node.url}`);

const token = await troupe(['token', '--user', 'webhooks', '--role', 'producer'], { env: auth });
const config = readConfig({ ...zalo, PORT: '0', TROUPE_URL: node.url, TROUPE_TOKEN: token });
const publisher = new TroupePublisher(config.troupe, console.log);
const server = createWebhookServer(config, publisher);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/webhook/zalo`;
console.log(`producer at ${url}`);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  headless: !watch,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  await page.goto(`${node.url}/demo#${new URLSearchParams({ room })}`);
  await page.locator('#welcome-token-box summary').click();
  await page.locator('#welcome-token').fill(await troupe(['token', '--user', 'agent Linh'], { env: auth }));
  await page.locator('#welcome-join').click();
  await page.locator('#subtitle', { hasText: 'here' }).waitFor();

  for (const name of ['follow', 'user_send_text', 'user_send_image', 'oa_send_text', 'user_seen_message']) {
    const { status, body } = await sendSample(name, { url, secrets });
    console.log(name, status, JSON.stringify(body));
    await page.locator(`[data-id="${body.id}"]`).waitFor();
  }
  const picture = fileURLToPath(new URL('show.png', import.meta.url));
  await page.screenshot({ path: picture });
  console.log(`the browser shows all of them: ${picture}`);
  if (watch) await Promise.race([once(process, 'SIGINT'), once(browser, 'disconnected')]);
} finally {
  await browser.close();
  publisher.close();
  server.close();
  await node.stop();
}
