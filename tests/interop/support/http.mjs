// HTTP without a client library's manners: what is sent and what came back, nothing followed, nothing retried.
import http from "node:http";
import net from "node:net";

/**
 * One request on a TCP connection of its own, unless an agent is given.
 * Resolves to {status, headers, raw (Buffer), text}; rejects when the connection breaks.
 */
export function request(server, path, { method = "GET", headers = {}, body, agent = false, timeout = 5000 } = {}) {
  return new Promise((resolve, reject) => {
    const req = http.request({ host: "127.0.0.1", port: server.port, path, method, headers, agent });
    req.setTimeout(timeout, () => req.destroy(new Error(`${method} ${path}: no answer in ${timeout} ms`)));
    req.once("error", reject);
    req.once("response", (res) => {
      const chunks = [];
      res.on("data", (chunk) => chunks.push(chunk));
      res.once("error", reject);
      res.once("end", () => {
        const raw = Buffer.concat(chunks);
        resolve({ status: res.statusCode, headers: res.headers, raw, text: raw.toString() });
      });
    });
    req.end(body);
  });
}

/** Sends bytes as they are and collects what comes back until the other side closes, or for `wait` milliseconds. */
export function exchange(server, bytes, { wait = 2000, until } = {}) {
  return new Promise((resolve) => {
    const socket = net.connect(server.port, "127.0.0.1");
    let answer = Buffer.alloc(0);
    const finish = (closed) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ closed, raw: answer, text: answer.toString("latin1") });
    };
    const timer = setTimeout(finish, wait, false);
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (until?.(answer.toString("latin1"))) finish(false);
    });
    socket.on("error", () => finish(true));
    socket.on("close", () => finish(true));
  });
}

/** The status code of a raw HTTP answer, or undefined. */
export const statusOf = (text) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]) || undefined;
