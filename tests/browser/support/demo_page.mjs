// The demo page as its users see it: what they click, and what they read.

import assert from 'node:assert/strict';
import { openPage } from './chromium.mjs';

/** Opens the page as `name` in `room` by a link and waits until the room is joined. */
export async function enter(browser, node, name, room, options) {
  const page = await openPage(browser, `${node.url}/demo#${new URLSearchParams({ name, room })}`, options);
  await joined(page);
  return page;
}

export const joined = (page) => page.locator('#subtitle', { hasText: 'here' }).waitFor();

export async function say(page, text) {
  await page.locator('#composer-text').fill(text);
  await page.locator('#composer-text').press('Enter');
}

export const message = (page, text) => page.locator('.message', { hasText: text });
export const status = (page, text, name) => message(page, text).locator(`.message-status.${name}`);
export const member = (page, name) => page.locator('#members-list li', { has: page.getByText(name, { exact: true }) });
export const memberDot = (page, name, state) => member(page, name).locator(`.dot.${state}`);
export const conversation = (page, name) => page.locator('.conversation-link', { has: page.getByText(name, { exact: true }) });
export const unread = (page, name) => conversation(page, name).locator('.badge');

export async function joinRoom(page, name) {
  await page.locator('#room-add').click();
  await page.locator('#room-name').fill(name);
  await page.locator('#room-name').press('Enter');
  await joined(page);
}

/** The texts of all messages of the open conversation, in order. */
export const texts = (page) => page.locator('.message-text > span:first-child').allTextContents();

/** Waits until `locator` reads exactly `text`. */
export async function reads(locator, text) {
  await locator.filter({ hasText: new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`) }).waitFor();
}

export function noFaults(...pages) {
  for (const page of pages) assert.deepEqual(page.faults, []);
}
