// Socket.IO on one process with its default engine, `ws`, and bufferutil beside it.
//   node socketio_ws.mjs PORT
import { Server } from "socket.io";
import { answer, listen, options, web_server } from "./common.mjs";

const server = web_server();
answer(new Server(server, options));
listen(server);
