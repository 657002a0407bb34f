// HTTP: POST /webhook/zalo and GET /health. Zalo gets its 200 only after Troupe has the message; until then Zalo repeats.

import { createServer } from 'node:http';
import { RecentIds } from './recent_ids.mjs';
import { isSignedBy } from './signature.mjs';
import { toPublication } from './zalo_event.mjs';

/** A refusal with its HTTP status. */
class Refusal extends Error {
  constructor(status, code, message, headers = {}) {
    super(message);
    Object.assign(this, { status, code, headers });
  }
}

/**
 * @param {object} config       see config.mjs
 * @param {object} publisher    {publish(publication), connected}
 * @returns {import('node:http').Server}  not yet listening
 */
export function createWebhookServer(config, publisher, { log = console.error, now = Date.now } = {}) {
  const recent = new RecentIds(config.max_remembered_ids);
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, async (request, response) => {
    try {
      answer(response, 200, await route(request, { config, publisher, recent, now }));
    } catch (error) {
      refuse(response, error, log);
    }
  });
  server.maxConnections = 1_000;
  return server;
}

async function route(request, context) {
  const path = request.url.split('?', 1)[0];
  if (path === '/health' && request.method === 'GET') return { ok: true, troupe: context.publisher.connected };
  if (path !== '/webhook/zalo') throw new Refusal(404, 'not_found', 'there is only POST /webhook/zalo and GET /health');
  if (request.method !== 'POST') throw new Refusal(405, 'method_not_allowed', 'webhooks are posted', { Allow: 'POST' });
  const body = await bodyOf(request, context.config.max_body_bytes);
  return takeWebhook(body, request.headers['x-zevent-signature'], context);
}

async function takeWebhook(body, signature, { config, publisher, recent, now }) {
  const event = parsed(body);
  if (!isSignedBy(config.zalo, body, event.timestamp ?? '', signature)) {
    throw new Refusal(401, 'bad_signature', 'X-ZEvent-Signature does not fit the body');
  }
  checkTime(Number(event.timestamp), config.zalo, now());
  const publication = toPublication(event);
  if (!publication) return { ok: true, ignored: true };
  const { duplicate = false } = await recent.once(publication.id, () => publisher.publish(publication));
  return { ok: true, id: publication.id, room: publication.room, duplicate };
}

function parsed(body) {
  try {
    const event = JSON.parse(body.toString('utf8'));
    if (event && typeof event === 'object' && !Array.isArray(event)) return event;
  } catch { /* said below */ }
  throw new Refusal(400, 'bad_json', 'the body is no JSON object');
}

function checkTime(timestamp, { max_age_ms, max_ahead_ms }, now) {
  if (!Number.isSafeInteger(timestamp)) throw new Refusal(400, 'bad_timestamp', '"timestamp" is not a time in milliseconds');
  if (now - timestamp > max_age_ms) throw new Refusal(403, 'stale', 'the event is too old');
  if (timestamp - now > max_ahead_ms) throw new Refusal(403, 'stale', 'the event is from the future');
}

function bodyOf(request, most) {
  const too_large = new Refusal(413, 'too_large', `the body is larger than ${most} bytes`, { Connection: 'close' });
  if (Number(request.headers['content-length']) > most) return Promise.reject(too_large);
  return new Promise((done, failed) => {
    const chunks = [];
    let size = 0;
    request.on('data', (chunk) => {
      size += chunk.length;
      if (size > most) failed(too_large);
      else chunks.push(chunk);
    });
    request.once('end', () => done(Buffer.concat(chunks)));
    request.once('error', failed);
    request.once('close', () => failed(new Refusal(400, 'cut_off', 'the connection ended before the body')));
  });
}

function refuse(response, error, log) {
  const refusal = error instanceof Refusal ? error : failedPublication(error);
  log(`${refusal.status} ${refusal.code}: ${refusal.message}`);
  answer(response, refusal.status, { ok: false, error: { code: refusal.code, message: refusal.message } }, refusal.headers);
}

function failedPublication(error) {
  if (error.passing === undefined) return new Refusal(500, 'internal', error.message);
  if (error.passing) return new Refusal(503, error.code, error.message, { 'Retry-After': '5' });
  return new Refusal(502, error.code, `Troupe refused the event: ${error.message}`);
}

function answer(response, status, value, headers = {}) {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}
