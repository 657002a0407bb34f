// Signs one of the recorded posts and sends it: node send_sample.mjs [name] [--user <id>] [--as-recorded]
// The time and the message id are made new unless --as-recorded is given.

import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { signatureOf } from './src/signature.mjs';

const samples = new URL('samples/', import.meta.url);

/** Posts a sample; resolves to {status, headers, body}. */
export async function sendSample(name, { url, secrets, user, text, as_recorded = false }) {
  const event = JSON.parse(await readFile(new URL(`${name}.json`, samples), 'utf8'));
  event.app_id = secrets.app_id;
  if (!as_recorded) {
    event.timestamp = String(Date.now());
    if (event.message?.msg_id) event.message.msg_id = randomBytes(9).toString('hex');
  }
  if (text && event.message) event.message.text = text;
  if (user) for (const person of [event.follower, customer(event)]) if (person) person.id = user;
  return post(url, JSON.stringify(event), secrets, event.timestamp);
}

/** Posts a body with its signature. */
export async function post(url, body, secrets, timestamp) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-ZEvent-Signature': signatureOf(secrets, body, timestamp) },
    body,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const customer = (event) => (/^user_send_/.test(event.event_name) ? event.sender : event.recipient);

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { user: { type: 'string' }, text: { type: 'string' }, 'as-recorded': { type: 'boolean' }, url: { type: 'string' } },
  });
  const names = (await readdir(samples)).map((file) => file.replace(/\.json$/, ''));
  const name = positionals[0] ?? 'user_send_text';
  const { ZALO_APP_ID: app_id, ZALO_OA_SECRET_KEY: secret_key } = process.env;
  if (!names.includes(name)) throw new Error(`there is no sample "${name}"; there are ${names.join(', ')}`);
  if (!app_id || !secret_key) throw new Error('set ZALO_APP_ID and ZALO_OA_SECRET_KEY as for the server');
  const url = values.url ?? `http://127.0.0.1:${process.env.PORT || 3100}/webhook/zalo`;
  const { status, body } = await sendSample(name, {
    url, secrets: { app_id, secret_key }, user: values.user, text: values.text, as_recorded: values['as-recorded'],
  });
  console.log(status, body);
  process.exitCode = status === 200 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error) => { console.error(`send_sample: ${error.cause?.message ?? error.message}`); process.exitCode = 2; });
}
