import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSignedBy, signatureOf } from '../src/signature.mjs';

const secrets = { app_id: '360846524940903967', secret_key: 'oa-secret' };
const body = Buffer.from('{"event_name":"follow","timestamp":"1718000400000"}');

test('the signature is sha256 over app id, body, time and secret', () => {
  // printf '360846524940903967{"event_name":"follow","timestamp":"1718000400000"}1718000400000oa-secret' | sha256sum
  assert.equal(signatureOf(secrets, body, '1718000400000'),
    'mac=986c40eccc51bb92fe249c7b59909142c2e9141183a6a0944887cf55d692782f');
});

test('only the very signature passes', () => {
  const right = signatureOf(secrets, body, '1718000400000');
  assert.ok(isSignedBy(secrets, body, '1718000400000', right));
  for (const wrong of [undefined, '', 'mac=', right.slice(4), right.toUpperCase(), `${right}0`, right.replace(/.$/, (last) => (last === '0' ? '1' : '0')), [right]]) {
    assert.ok(!isSignedBy(secrets, body, '1718000400000', wrong), String(wrong));
  }
  assert.ok(!isSignedBy(secrets, body, '1718000400001', right));
  assert.ok(!isSignedBy({ ...secrets, secret_key: 'other' }, body, '1718000400000', right));
  assert.ok(!isSignedBy(secrets, Buffer.concat([body, Buffer.from(' ')]), '1718000400000', right));
});
