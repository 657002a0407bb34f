// A Socket.IO server with connection state recovery through @socket.io/redis-streams-adapter, as good as its parts allow.
//   PORT, REDIS_PORT, PING_INTERVAL, PING_TIMEOUT

import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';

// The adapter leaves some of what Redis refuses unhandled, which would end the process.
process.on('unhandledRejection', () => {});

const redis = createClient({ socket: { host: '127.0.0.1', port: Number(process.env.REDIS_PORT), reconnectStrategy: () => 50 } });
redis.on('error', () => {});
await redis.connect();

const make = createAdapter(redis, { maxLen: 1_000_000, readCount: 1_000, blockTimeInMs: 1_000, onlyPlaintext: true });
let published; // what the stream says to the broadcast that was made last

const server = createServer();
const io = new Server(server, {
  transports: ['websocket'],
  allowUpgrades: false,
  serveClient: false,
  pingInterval: Number(process.env.PING_INTERVAL),
  pingTimeout: Number(process.env.PING_TIMEOUT),
  connectionStateRecovery: { maxDisconnectionDuration: 120_000, skipMiddlewares: false },
  adapter: function (nsp) {
    const adapter = make(nsp);
    const publish = adapter.doPublish;
    adapter.doPublish = (message) => (published = publish.call(adapter, message));
    return adapter;
  },
});

io.on('connection', (socket) => {
  socket.on('join_room', (room, ack) => {
    socket.join(room);
    ack({ ok: true, room });
  });
  socket.on('leave_room', (room, ack) => {
    socket.leave(room);
    ack({ ok: true, room });
  });
  // Acknowledged when the message is in the stream, and told where: an application that does not look there says yes too early.
  socket.on('say', async ({ room, id }, ack) => {
    socket.to(room).emit('message:new', { id, room });
    try {
      ack({ ok: true, id, room, offset: await published });
    } catch (error) {
      ack({ ok: false, error: { code: 'not_published', message: error.message } });
    }
  });
});

process.once('SIGTERM', async () => {
  await Promise.race([io.close(), delay(1_000)]); // writes the sessions to Redis; half-open connections would keep it for long
  await redis.close(); // when it has answered
  process.exit(0);
});

server.listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 4096 }, () => console.log('ready'));
