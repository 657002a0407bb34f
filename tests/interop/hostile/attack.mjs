// Opens many connections that misbehave, some at a time:
//   node attack.mjs --port 3001 --connections 100000 [--concurrency 100] [--seed 1]
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chance, kinds } from "./garbage.mjs";

const addresses = 50; // so that closed connections do not use up the ports of one address

/** One connection from its first byte to its end; resolves to what became of it. */
function misbehave(port, index, r, patience) {
  const kind = r.pick(Object.keys(kinds));
  const { chunks, pause = 0 } = kinds[kind](r);
  const ending = r.pick(["end", "destroy", "resetAndDestroy", "wait"]);
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1", localAddress: `127.0.0.${2 + (index % addresses)}` });
    let outcome = "left";
    let timer;
    socket.on("data", () => (outcome = "answered"));
    socket.on("error", (error) => (outcome = error.code));
    socket.on("close", () => (clearTimeout(timer), resolve({ kind, outcome })));
    socket.on("connect", async () => {
      for (const chunk of chunks) {
        if (socket.destroyed) return;
        socket.write(chunk);
        if (pause) await delay(pause);
      }
      if (ending !== "wait" && !socket.destroyed) socket[ending]();
      // Whoever waits for the server to hang up does so for a limited time.
      if (!socket.destroyed) timer = setTimeout(() => ((outcome = "kept"), socket.destroy()), patience);
    });
  });
}

/** Resolves to the number of connections by outcome; refused ones are the server's fault and counted like the others. */
export async function attack({ port, connections, concurrency = 100, seed = 1, patience = 250 }) {
  const outcomes = {};
  let started = 0;
  const worker = async () => {
    while (started < connections) {
      const index = started++;
      const { outcome } = await misbehave(port, index, chance(seed * 1_000_003 + index), patience);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return outcomes;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      port: { type: "string" },
      connections: { type: "string", default: "2000" },
      concurrency: { type: "string", default: "100" },
      seed: { type: "string", default: "1" },
    },
  });
  const numbers = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Number(value)]));
  const start = performance.now();
  const outcomes = await attack(numbers);
  console.log(JSON.stringify({ ...outcomes, seconds: Math.round((performance.now() - start) / 100) / 10 }));
}
