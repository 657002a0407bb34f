// A Socket.IO server of a hundred lines with rooms, which breaks its promises where a test wants it to.
import http from "node:http";
import { WebSocketServer } from "ws";

/**
 * Understands `join` room (ack), `say` room text (to the others in the room as `said` text), `ask` text (ack).
 * `spoil(frames, member, state)` may change what one member is sent for one message; it returns a list of frames.
 */
export async function startRogue(t, { spoil = (frame) => [frame], onJoin = () => true } = {}) {
  const server = http.createServer();
  const rooms = new Map();
  const sockets = new WebSocketServer({ server, path: "/socket.io/" });
  sockets.on("connection", (socket) => {
    const send = (text) => socket.send(text);
    send(`0${JSON.stringify({ sid: "s", upgrades: [], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1e6 })}`);
    socket.on("message", (data) => {
      const text = data.toString();
      if (text.startsWith("40")) return send('40{"sid":"x"}');
      const packet = /^42(\d*)(.*)$/s.exec(text);
      if (!packet) return;
      const [event, ...args] = JSON.parse(packet[2]);
      const ack = (...answer) => packet[1] && send(`43${packet[1]}${JSON.stringify(answer)}`);
      if (event === "join") {
        if (!onJoin(args[0])) return ack({ ok: false, error: { code: "no", message: "not today" } });
        const room = rooms.get(args[0]) ?? { members: [], count: 0 };
        rooms.set(args[0], room);
        socket.number = room.members.push(socket) - 1;
        ack({ ok: true });
      } else if (event === "say") {
        const room = rooms.get(args[0]);
        const frame = `42${JSON.stringify(["said", args[1]])}`;
        for (const member of room.members)
          if (member !== socket) for (const part of spoil(frame, member, room.count)) member.send(part);
        ++room.count;
      } else if (event === "ask") {
        for (const part of spoil(args[0], socket, socket.asked ?? 0)) ack(part);
        socket.asked = (socket.asked ?? 0) + 1;
      }
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => {
    sockets.clients.forEach((socket) => socket.terminate());
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, sockets };
}

/** The templates that speak to it. */
export const rogueEvents = [
  "--join", '["join","{room}"]', "--publish", '["say","{room}","{body}"]', "--deliver", "said",
];
