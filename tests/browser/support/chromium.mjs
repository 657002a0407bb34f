// One Chromium for a test file; each person has a context of their own, as if in a browser of their own.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from '../../support/troupe.mjs';

export const artifacts = join(root, 'tests/artifacts/browser');

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 360, height: 740 };

const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** Starts Chromium (CHROMIUM, else Debian's) with a fresh profile. */
export function launchChromium({ headless = true } = {}) {
  const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
    .find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium: apt-get install chromium, or set CHROMIUM');
  mkdirSync(artifacts, { recursive: true });
  return chromium.launch({ executablePath, headless, args: flags });
}

/**
 * A page that notes everything it must not do: errors of scripts, errors in the console, requests to elsewhere.
 * `page.faults` lists them; what the network says while a server is away is not among them.
 */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: desktop, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(`script: ${error.stack}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/net::ERR_|WebSocket connection to/.test(message.text())) page.faults.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'data:' && host !== new URL(url).host) page.faults.push(`request to ${request.url()}`);
  });
  await page.goto(url);
  const client = await page.waitForFunction(() => (globalThis.io ? 'loaded' : document.querySelector('#welcome-error')?.textContent));
  if (await client.jsonValue() !== 'loaded') throw new Error(`${await client.jsonValue()} scripts/fetch-client puts it there.`);
  return page;
}

export const picture = (page, name) => page.screenshot({ path: join(artifacts, `${name}.png`) });
