// Socket.IO on one process with the native engine eiows, which is installed in the directory EIOWS.
//   EIOWS=eiows node socketio_eiows.mjs PORT
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { Server } from "socket.io";
import { answer, listen, options, web_server } from "./common.mjs";

const { Server: wsEngine } = createRequire(resolve(process.env.EIOWS, "package.json"))("eiows");
const server = web_server();
answer(new Server(server, { ...options, wsEngine }));
listen(server);
