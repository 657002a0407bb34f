// What every Socket.IO server here does, and its options at their best: WebSocket only, no compression, no client files.
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";

export const options = {
  transports: ["websocket"],
  allowUpgrades: false,
  perMessageDeflate: false,
  httpCompression: false,
  serveClient: false,
};

export const port = Number(process.argv[2]);

// Node's default of 511 waiting connections would refuse some of a fast ramp.
const backlog = 4096;

/** An HTTP server, or with TLS_CERT and TLS_KEY an HTTPS one. */
export function web_server() {
  const { TLS_CERT: cert, TLS_KEY: key } = process.env;
  return cert ? https.createServer({ cert: readFileSync(cert), key: readFileSync(key) }) : http.createServer();
}

/** The events of the benchmark. Who publishes receives it as well; an echo comes back as an event. */
export function answer(io) {
  // The first HTTP request is forgotten, as Socket.IO's documentation advises for memory.
  io.engine.on("connection", (raw) => { raw.request = null; });
  const { rooms } = io.of("/").adapter;
  io.on("connection", (socket) => {
    socket.on("join_room", (room, ack) => {
      socket.join(room);
      ack({ ok: true, room, members: rooms.get(room).size });
    });
    socket.on("msg", (message) => io.to(message.room).emit("msg", message));
    socket.on("echo", (body) => socket.emit("echo", body));
  });
}

/** Tells the runner that connections are taken now, and by which processes. */
export function ready(pids = []) {
  console.log(JSON.stringify({ pids: [process.pid, ...pids] }));
}

export function listen(server) {
  server.listen({ port, host: "127.0.0.1", backlog }, () => ready());
}
