// Zalo signs a post by sha256(appId + rawBody + timestamp + OA secret key), in the header `X-ZEvent-Signature: mac=<hex>`.

import { createHash, timingSafeEqual } from 'node:crypto';

/** @param {Buffer|string} raw_body  the bytes as they came, not JSON that was parsed and written again */
export function signatureOf({ app_id, secret_key }, raw_body, timestamp) {
  const digest = createHash('sha256').update(app_id).update(raw_body).update(String(timestamp)).update(secret_key).digest('hex');
  return `mac=${digest}`;
}

/** Takes the same time whichever digit differs. */
export function isSignedBy(secrets, raw_body, timestamp, header) {
  const expected = Buffer.from(signatureOf(secrets, raw_body, timestamp));
  const given = Buffer.from(typeof header === 'string' ? header : '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
