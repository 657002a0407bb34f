// The first customer's case, whole: a signed Zalo post, the producer, a node in token mode, and a browser in the room.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { post, sendSample } from '../../examples/webhook_producer/send_sample.mjs';
import { readConfig } from '../../examples/webhook_producer/src/config.mjs';
import { TroupePublisher } from '../../examples/webhook_producer/src/troupe_publisher.mjs';
import { createWebhookServer } from '../../examples/webhook_producer/src/webhook_server.mjs';
import { startTroupe, troupe } from '../support/troupe.mjs';
import { launchChromium, openPage, picture } from './support/chromium.mjs';
import { joined, message, noFaults, reads, texts } from './support/demo_page.mjs';

const auth = { AUTH_SECRET: 'a-secret-of-this-test-0123456789abcdef' };
const secrets = { app_id: '360846524940903967', secret_key: 'oa-secret-of-this-test' };
const user = '246845883529197922';
const room = `conversation:${user}`;

let browser;
let node;
let producer;

before(async () => {
  browser = await launchChromium();
  node = await startTroupe({ set: { 'auth.mode': 'token' }, env: auth });
});
after(async () => {
  await browser?.close();
  await node?.stop();
});
beforeEach(async () => { producer = await startProducer(); });
afterEach(async () => {
  producer.close();
  for (const context of browser.contexts()) await context.close();
});

const token = (...args) => troupe(['token', ...args], { env: auth });

async function startProducer({ roles = ['--role', 'producer'], env = {} } = {}) {
  const config = readConfig({
    ZALO_APP_ID: secrets.app_id, ZALO_OA_SECRET_KEY: secrets.secret_key, TROUPE_URL: node.url,
    TROUPE_TOKEN: await token('--user', 'webhooks', ...roles), ...env,
  });
  const publisher = new TroupePublisher(config.troupe, () => {});
  const server = createWebhookServer(config, publisher, { log: () => {} });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${server.address().port}`;
  const one = { publisher, base, url: `${base}/webhook/zalo`, close: () => { publisher.close(); server.close(); server.closeAllConnections(); } };
  await until(() => publisher.connected);
  return one;
}

async function until(condition) {
  const deadline = Date.now() + 30_000;
  while (!await condition()) {
    assert.ok(Date.now() < deadline, `still not: ${condition}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function agent() {
  const page = await openPage(browser, `${node.url}/demo#${new URLSearchParams({ room })}`);
  await page.locator('#welcome-token-box summary').click();
  await page.locator('#welcome-token').fill(await token('--user', 'linh'));
  await page.locator('#welcome-join').click();
  await joined(page);
  return page;
}

/** Holds every thread of a process still. */
async function freeze(pid) {
  process.kill(pid, 'SIGSTOP');
  await until(() => readdirSync(`/proc/${pid}/task`).every((thread) => (
    / T /.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').replace(/^.*\)/, '')))));
}

const send = (name, options = {}) => sendSample(name, { url: producer.url, secrets, ...options });

test('the samples arrive in the browser that has the conversation open', async () => {
  const page = await agent();
  const elsewhere = await send('user_send_text', { user: '999000999', text: 'for another conversation' });
  assert.equal(elsewhere.body.room, 'conversation:999000999');
  for (const name of ['follow', 'user_send_text', 'user_send_image', 'oa_send_text', 'user_seen_message']) {
    const { status, body } = await send(name);
    assert.deepEqual([status, body.ok, body.room, body.duplicate], [200, true, room, false], name);
    await page.locator(`[data-id="${body.id}"]`).waitFor();
  }
  assert.deepEqual(await texts(page), [
    'Chào shop, áo khoác màu xanh còn size M không ạ?', 'Sent an image: Mẫu này ạ', 'Dạ còn ạ, shop giữ cho mình nhé!',
  ]);
  await page.locator('.card', { hasText: 'New follower' }).waitFor();
  await page.locator('.notice.system', { hasText: 'has seen the message' }).waitFor();
  assert.equal(await page.locator('.attachment').getAttribute('href'), 'https://example.org/zalo/image.jpg');
  await picture(page, 'webhook');
  noFaults(page);
});

test('a repeated post is answered and not shown again', async () => {
  const page = await agent();
  const timestamp = Date.now();
  const body = JSON.stringify({
    app_id: secrets.app_id, event_name: 'user_send_text', sender: { id: user }, recipient: { id: '1' },
    message: { text: 'only once', msg_id: `m-${timestamp}` }, timestamp: String(timestamp),
  });
  const answers = await Promise.all([1, 2, 3].map(() => post(producer.url, body, secrets, timestamp)));
  assert.deepEqual(answers.map((one) => one.status), [200, 200, 200]);
  assert.equal(answers.filter((one) => !one.body.duplicate).length, 1);

  producer.close();
  producer = await startProducer(); // remembers nothing: now the room recognises the id
  assert.equal((await post(producer.url, body, secrets, timestamp)).status, 200);
  await send('user_send_text', { text: 'and then this' });
  await message(page, 'and then this').waitFor();
  assert.deepEqual(await texts(page), ['only once', 'and then this']);
});

test('posts that are not Zalo\'s are refused and published nowhere', async () => {
  const page = await agent();
  const event = { app_id: secrets.app_id, event_name: 'user_send_text', sender: { id: user }, message: { text: 'forged', msg_id: 'f' } };
  const body = (changes) => JSON.stringify({ ...event, timestamp: String(Date.now()), ...changes });
  const refused = async (expected, text, how = secrets) => {
    const { timestamp } = JSON.parse(text);
    const answer = await post(producer.url, text, how, timestamp);
    assert.deepEqual([answer.status, answer.body.error.code], expected);
  };
  await refused([401, 'bad_signature'], body(), { ...secrets, secret_key: 'guessed' });
  await refused([403, 'stale'], body({ timestamp: String(Date.now() - 13 * 3_600_000) }));
  await refused([403, 'stale'], body({ timestamp: String(Date.now() + 600_000) }));
  await refused([400, 'bad_timestamp'], body({ timestamp: 'yesterday' }));
  await refused([413, 'too_large'], body({ padding: 'x'.repeat(300_000) }));

  const raw = (path, options) => fetch(producer.base + path, options).then(async (answer) => [answer.status, (await answer.json()).error?.code]);
  assert.deepEqual(await raw('/webhook/zalo', { method: 'POST', body: 'no json' }), [400, 'bad_json']);
  assert.deepEqual(await raw('/webhook/zalo', { method: 'POST', body: body() }), [401, 'bad_signature']);
  assert.deepEqual(await raw('/webhook/zalo'), [405, 'method_not_allowed']);
  assert.deepEqual(await raw('/elsewhere'), [404, 'not_found']);

  await send('user_send_text', { text: 'genuine' });
  await message(page, 'genuine').waitFor();
  assert.deepEqual(await texts(page), ['genuine']);
});

test('a body without announced length is measured as it comes', async () => {
  const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) });
  const outcome = await fetch(producer.url, { method: 'POST', body: endless, duplex: 'half' }).then((answer) => answer.status, () => 'cut');
  assert.ok(outcome === 413 || outcome === 'cut', String(outcome));
  assert.equal((await send('user_send_text')).status, 200);
});

test('an event without meaning for a conversation is taken and dropped', async () => {
  const timestamp = Date.now();
  const answer = await post(producer.url, JSON.stringify({ event_name: 'add_user_to_tag', timestamp }), secrets, timestamp);
  assert.deepEqual([answer.status, answer.body], [200, { ok: true, ignored: true }]);
});

test('while Troupe is away Zalo is asked to come again, and then nothing is lost', async () => {
  const page = await agent();
  await node.stop();
  await until(() => !producer.publisher.connected);
  const away = await send('user_send_text', { text: 'early' });
  assert.deepEqual([away.status, away.body.error.code], [503, 'disconnected']);
  assert.ok(Number(away.headers.get('retry-after')) > 0);
  const health = await (await fetch(`${producer.base}/health`)).json();
  assert.deepEqual(health, { ok: true, troupe: false });

  await node.start();
  await until(() => producer.publisher.connected);
  await page.locator('#banner').waitFor({ state: 'hidden', timeout: 30_000 });
  await reads(page.locator('#subtitle'), '1 person here');
  const again = await send('user_send_text', { text: 'again' });
  assert.equal(again.status, 200);
  await message(page, 'again').waitFor();
  noFaults(page);
});

test('a token without the role is Troupe\'s refusal, not a silent loss', async () => {
  const plain = await startProducer({ roles: [] });
  try {
    const answer = await sendSample('user_send_text', { url: plain.url, secrets });
    assert.deepEqual([answer.status, answer.body.error.code], [502, 'not_permitted']);
  } finally {
    plain.close();
  }
});

test('no more publications wait than allowed', async () => {
  const narrow = await startProducer({ env: { TROUPE_MAX_IN_FLIGHT: '1', TROUPE_ACK_TIMEOUT_MS: '60000' } });
  const publish = () => sendSample('user_send_text', { url: narrow.url, secrets });
  try {
    // A stopped node answers nothing, so the first publication stays in flight for as long as the test wants.
    await freeze(node.pid);
    const first = publish();
    await until(() => narrow.publisher.inFlight === 1);
    const others = await Promise.all(Array.from({ length: 20 }, publish));
    assert.deepEqual(others.map((one) => [one.status, one.body.error?.code]), Array(20).fill([503, 'busy']));
    process.kill(node.pid, 'SIGCONT');
    assert.equal((await first).status, 200);
    assert.equal(narrow.publisher.inFlight, 0);
    assert.equal((await publish()).status, 200);
  } finally {
    process.kill(node.pid, 'SIGCONT');
    narrow.close();
  }
});
