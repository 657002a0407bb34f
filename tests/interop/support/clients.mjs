// Official clients: both versions over each way of transport, and promises for what they call back.
import { createRequire } from "node:module";
import { it as plainIt } from "node:test";
import { io as newest } from "socket.io-client";
import { io as io450 } from "socket.io-client-450";

const version = createRequire(import.meta.url)("socket.io-client/package.json").version;
export const versions = { [version]: newest, "4.5.0": io450 };
export const modes = {
  polling: { transports: ["polling"] },
  websocket: { transports: ["websocket"] },
  upgrade: { transports: ["polling", "websocket"] },
};

/** A test that does not hang for ever. */
export const it = (name, body) => plainIt(name, { timeout: 30_000 }, body);

/** Options that make a client of its own that does not dawdle when it has to reconnect. */
const brisk = { forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 100, randomizationFactor: 0, timeout: 20_000 };

/**
 * What a test uses: `open(nsp, options)` makes a socket that is closed after the test. Made by `matrix`, or by `client` for
 * one version and mode.
 */
export function client(t, server, { io = newest, mode = "websocket" } = {}) {
  return (nsp = "/", options = {}) => {
    const socket = io(`${server.url}${nsp}`, { ...brisk, ...modes[mode], ...options });
    t.after(() => socket.io.disconnect()); // with every namespace, and for good
    return socket;
  };
}

/** A test for each client version and mode: `body({open, mode, version, t})`. `server` is a function: it is started later. */
export function matrix(name, server, body) {
  for (const [label, io] of Object.entries(versions))
    for (const mode of Object.keys(modes))
      it(`${name} (${label}, ${mode})`, (t) => body({ open: client(t, server(), { io, mode }), mode, version: label, t }));
}

/** The arguments of the next event `name`. */
export function event(emitter, name, { timeout = 10_000 } = {}) {
  return new Promise((resolve, reject) => {
    const received = (...args) => (clearTimeout(timer), resolve(args));
    const timer = setTimeout(() => {
      emitter.off(name, received);
      reject(new Error(`no event "${name}" in ${timeout} ms`));
    }, timeout);
    emitter.once(name, received);
  });
}

/** Resolves when the socket is connected; rejects with its connect_error. */
export async function ready(...sockets) {
  for (const socket of sockets) {
    if (socket.connected) continue;
    const failed = new AbortController();
    await Promise.race([
      event(socket, "connect"),
      event(socket, "connect_error").then(([error]) => Promise.reject(error)),
    ]).finally(() => failed.abort());
  }
  return sockets[0];
}

/** The arguments with which the server acknowledged. */
export function ask(socket, name, ...args) {
  return new Promise((resolve, reject) => {
    socket.timeout(10_000).emit(name, ...args, (error, ...answer) => (error ? reject(error) : resolve(answer)));
  });
}

/** Collects events until there are `count`. */
export function collect(emitter, name, count, { timeout = 10_000 } = {}) {
  const received = [];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${received.length} of ${count} "${name}" in ${timeout} ms`)), timeout);
    emitter.on(name, function listener(...args) {
      received.push(args);
      if (received.length < count) return;
      clearTimeout(timer);
      emitter.off(name, listener);
      resolve(received);
    });
  });
}

/** Everything of event `name` that came before the server answered one more question. */
export async function until(socket, name, question) {
  const received = [];
  const listener = (...args) => received.push(args);
  socket.on(name, listener);
  await question();
  socket.off(name, listener);
  return received;
}
