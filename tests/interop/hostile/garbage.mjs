// What hostile or broken clients send: each function makes a list of chunks, written one after another. `r` is a seeded
// source of chance, so that a run can be repeated.
import { createHash } from "node:crypto";

const noise = createHash("shake256", { outputLength: 100_000 }).update("noise").digest();

/** Mulberry32: small, fast, repeatable. */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  const pick = (list) => list[below(list.length)];
  const bytes = (n) => {
    if (n > 256) return noise.subarray(below(40_000)).subarray(0, n); // a part of prepared noise: quick
    return Buffer.from(Array.from({ length: n }, () => below(256)));
  };
  return { next, below, pick, bytes };
}

/** Some bytes flipped, inserted, removed or repeated. */
export function mutate(r, input) {
  let bytes = Buffer.from(input);
  for (let i = r.below(4) + 1; i > 0 && bytes.length; --i) {
    const at = r.below(bytes.length);
    const kind = r.below(4);
    if (kind === 0) bytes[at] ^= 1 << r.below(8);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), r.bytes(r.below(8) + 1), bytes.subarray(at)]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + r.below(8) + 1)]);
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + r.below(40)), bytes.subarray(at)]);
  }
  return bytes;
}

const upgrade = (query = "") =>
  `GET /socket.io/?EIO=4&transport=websocket${query} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const handshake = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n";
const post = (body) =>
  `POST /socket.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** A masked WebSocket frame. */
function frame(r, payload, { opcode = Buffer.isBuffer(payload) ? 2 : 1, fin = true } = {}) {
  const data = Buffer.from(payload);
  const mask = data.length > 1000 ? Buffer.alloc(4) : r.bytes(4); // masking much in JavaScript takes long
  const head = [(fin ? 0x80 : 0) | opcode];
  if (data.length < 126) head.push(0x80 | data.length);
  else if (data.length < 65536) head.push(0x80 | 126, data.length >> 8, data.length & 255);
  else head.push(0x80 | 127, 0, 0, 0, 0, (data.length >>> 24) & 255, (data.length >> 16) & 255, (data.length >> 8) & 255, data.length & 255);
  if (mask.readUInt32LE()) for (let i = 0; i < data.length; ++i) data[i] ^= mask[i & 3];
  return Buffer.concat([Buffer.from(head), mask, data]);
}

const packets = [
  "40", '40{"userId":"mallory"}', "40/nope,", "41", "42", '42["join_room","lobby"]', '421["join_room",{"room":"lobby"}]',
  '42["message:send",{"room":"lobby","content":"x"}]', '422["presence:subscribe",["a","b"]]', '42["typing",{"room":"lobby"}]',
  '423["document_update",{"documentId":"d","changes":{},"version":1}]', '451-["x",{"_placeholder":true,"num":0}]',
  "431[]", '44{"message":"x"}', "2", "3", "5", "6", "2probe", "1", '42["connect"]', `42["x",${"[".repeat(500)}]`, "4", "",
];

/** Names tell the kinds apart in the report. Each returns {chunks, pause (ms between them)}. */
export const kinds = {
  noise: (r) => ({ chunks: [r.bytes(r.below(2000) + 1)] }),
  silence: () => ({ chunks: [] }),
  half_head: (r) => ({ chunks: [handshake.slice(0, r.below(handshake.length))] }),
  slow_head: (r) => ({ chunks: [...handshake.slice(0, 8 + r.below(12))], pause: 15 }),
  mutated_request: (r) => ({ chunks: [mutate(r, r.pick([handshake, upgrade(), post("4hello"), "OPTIONS * HTTP/1.1\r\n\r\n"]))] }),
  long_head: (r) => ({ chunks: [`GET / HTTP/1.1\r\nX: ${"x".repeat(r.below(60_000))}`] }),
  many_headers: (r) => ({ chunks: [`GET / HTTP/1.1\r\n${"A: b\r\n".repeat(r.below(3000))}`] }),
  wrong_length: (r) => ({ chunks: [`POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nContent-Length: ${r.pick(["-1", "99999999999999999999", "abc", "5\r\nContent-Length: 6", "1e9"])}\r\n\r\n4x`] }),
  wrong_chunks: (r) => ({ chunks: [`POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${r.pick(["zz\r\n", "ffffffffffffffff\r\nx", "-5\r\n", "5\r\nab"])}`] }),
  pipelined: (r) => ({ chunks: [handshake.repeat(r.below(20) + 2)] }),
  tls: (r) => ({ chunks: [Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), r.bytes(500)])] }),
  http2: () => ({ chunks: ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"] }),
  frames_of_noise: (r) => ({ chunks: [upgrade(), r.bytes(r.below(500) + 1)], pause: 5 }),
  mutated_frames: (r) => ({ chunks: [upgrade(), mutate(r, Buffer.concat([frame(r, "40"), frame(r, r.pick(packets)), frame(r, r.bytes(20))]))], pause: 5 }),
  mutated_packets: (r) => ({ chunks: [upgrade(), frame(r, "40"), ...Array.from({ length: r.below(5) + 1 }, () => frame(r, mutate(r, r.pick(packets)).toString()))], pause: 2 }),
  valid_packets_in_disorder: (r) => ({ chunks: [upgrade(), ...Array.from({ length: 10 }, () => frame(r, r.pick(packets)))], pause: 1 }),
  msgpack_noise: (r) => ({ chunks: [upgrade(), frame(r, r.bytes(r.below(200))), frame(r, mutate(r, "\x83\xa4type\x00\xa3nsp\xa1/\xa4data\xc0"))], pause: 2 }),
  missing_attachments: (r) => ({ chunks: [upgrade(), frame(r, "40"), frame(r, '4510-["x",{"_placeholder":true,"num":9}]'), frame(r, r.bytes(50_000))], pause: 2 }),
  endless_fragments: (r) => ({ chunks: [upgrade(), ...Array.from({ length: 30 }, (_, i) => frame(r, "x".repeat(40_000), { opcode: i ? 0 : 1, fin: false }))] }),
  control_frames: (r) => ({ chunks: [upgrade(), ...Array.from({ length: 50 }, () => frame(r, r.bytes(r.below(120)), { opcode: r.pick([8, 9, 9, 10, 10]) }))] }),
  stolen_session: (r) => ({ chunks: [upgrade(`&sid=${createHash("md5").update(String(r.next())).digest("base64url").slice(0, 20)}`)] }),
  chatter: (r) => ({ chunks: [upgrade(), frame(r, "40"), frame(r, '42["join_room","lobby"]'), ...Array.from({ length: 20 }, () => frame(r, '42["chat:message",{"room":"lobby","message":"spam"}]'))] }),
};
