// Balancers without stickiness: by request, as nginx does it, and by connection, as a TCP balancer does it.

import { Agent, createServer, request } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';

/** What turn it is. */
class Turn {
  #next = 0;
  constructor(ports) { this.ports = ports; }
  next() { return this.ports[this.#next++ % this.ports.length]; }
}

const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));

/** Each request goes to the next node, on connections that clients share; each upgrade, too. */
export async function byRequest(ports) {
  const turn = new Turn(ports);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const open = new Set();
  const server = createServer((from, answer) => {
    const headers = { ...from.headers, 'x-forwarded-for': from.socket.remoteAddress };
    delete headers.connection;
    const ask = (body, again) => {
      const to = request({ host: '127.0.0.1', port: turn.next(), method: from.method, path: from.url, headers, agent }, (got) => {
        const { connection: _, 'keep-alive': __, ...rest } = got.headers;
        answer.writeHead(got.statusCode, rest);
        got.pipe(answer);
      });
      // A kept connection may end while it is idle, as with every balancer: what has not been answered goes on a new one.
      to.on('error', (error) => (again && to.reusedSocket && error.code === 'ECONNRESET' ? ask(body, false) : answer.destroy()));
      answer.once('close', () => { if (!answer.writableFinished) to.destroy(); });
      to.end(body);
    };
    const parts = [];
    from.on('data', (part) => parts.push(part)).on('end', () => ask(Buffer.concat(parts), true));
  });
  server.on('upgrade', (from, socket, head) => {
    const to = connect(turn.next(), '127.0.0.1');
    const lines = [`${from.method} ${from.url} HTTP/1.1`];
    for (let i = 0; i < from.rawHeaders.length; i += 2) lines.push(`${from.rawHeaders[i]}: ${from.rawHeaders[i + 1]}`);
    to.write(lines.join('\r\n') + '\r\n\r\n');
    to.write(head);
    join(socket, to, open);
  });
  server.on('connection', (socket) => keep(socket, open));
  return { port: await listen(server), close: () => end(server, open, agent) };
}

/** Each connection goes to the next node. */
export async function byConnection(ports) {
  const turn = new Turn(ports);
  const open = new Set();
  const server = createTcpServer((socket) => join(socket, connect(turn.next(), '127.0.0.1'), open));
  return { port: await listen(server), close: () => end(server, open) };
}

function keep(socket, open) {
  open.add(socket);
  socket.once('close', () => open.delete(socket));
}

function join(a, b, open) {
  for (const [from, to] of [[a, b], [b, a]]) {
    keep(from, open);
    from.on('error', () => {}).on('close', () => to.destroy());
    from.pipe(to);
  }
}

function end(server, open, agent) {
  for (const socket of open) socket.destroy();
  agent?.destroy();
  server.close();
}
