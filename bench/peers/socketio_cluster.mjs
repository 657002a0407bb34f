// Node's cluster with two workers on one port: @socket.io/sticky hands connections out, @socket.io/cluster-adapter joins
// the workers' rooms.
//   node socketio_cluster.mjs PORT
import cluster from "node:cluster";
import { createAdapter, setupPrimary } from "@socket.io/cluster-adapter";
import { setupMaster, setupWorker } from "@socket.io/sticky";
import { Server } from "socket.io";
import { answer, options, port, ready, web_server } from "./common.mjs";

const workers = 2;

function primary() {
  const server = web_server();
  // At random: taken in turn, connections would end up on the worker that holds the rest of their room.
  setupMaster(server, { loadBalancingMethod: "random" });
  setupPrimary();
  cluster.setupPrimary({ serialization: "advanced" }); // @socket.io/sticky hands buffers over
  let missing = workers;
  for (let i = 0; i < workers; i++) {
    cluster.fork().on("message", (message) => {
      if (message !== "up" || --missing > 0) return;
      const pids = Object.values(cluster.workers).map((worker) => worker.process.pid);
      server.listen({ port, host: "127.0.0.1", backlog: 4096 }, () => ready(pids));
    });
  }
  cluster.on("exit", () => process.exit(1));
}

function worker() {
  const io = new Server(web_server(), { ...options, adapter: createAdapter() });
  setupWorker(io);
  answer(io);
  process.send("up");
}

cluster.isPrimary ? primary() : worker();
