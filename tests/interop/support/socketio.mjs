// Socket.IO over a plain WebSocket, packet by packet. Heartbeats are answered and hidden.
import assert from "node:assert/strict";
import { openWebSocket } from "./websocket.mjs";

export const SOCKET_ID = /^[A-Za-z0-9_-]{20}$/;

/** A session at /socket.io/ that has joined nothing yet. */
export const openSocketIo = (server, options = {}) => openWebSocket(server, { path: "/socket.io/", answerPings: true, ...options });

/** Joins a namespace of protocol_echo and consumes the CONNECT reply and the `auth` event; returns the socket id. */
export async function join(peer, nsp = "/", auth = undefined) {
  const prefix = nsp === "/" ? "" : `${nsp},`;
  const payload = auth === undefined ? "" : JSON.stringify(auth);
  peer.send(`40${prefix}${payload}`);
  const reply = await peer.next();
  assert.ok(reply.startsWith(`40${prefix}{`), `unexpected CONNECT reply ${reply}`);
  assert.equal(await peer.next(), `42${prefix}["auth",${payload || "{}"}]`);
  return JSON.parse(reply.slice(2 + prefix.length)).sid;
}

/** A session that is a member of `/`. */
export async function connected(server, options = {}) {
  const peer = await openSocketIo(server, options);
  peer.id = await join(peer);
  return peer;
}

/** Fails unless the session still answers: everything sent before has been handled then. */
export async function stillAlive(peer) {
  peer.send('42777["message-with-ack","alive"]');
  assert.equal(await peer.next(), '43777["alive"]');
}
