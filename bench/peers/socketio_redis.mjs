// One of several processes that share their rooms through @socket.io/redis-adapter and the Redis at REDIS_SOCKET.
//   REDIS_SOCKET=/run/redis.sock node socketio_redis.mjs PORT
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";
import { answer, listen, options, web_server } from "./common.mjs";

const publisher = createClient({ socket: { path: process.env.REDIS_SOCKET } });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const server = web_server();
answer(new Server(server, { ...options, adapter: createAdapter(publisher, subscriber) }));
listen(server);
