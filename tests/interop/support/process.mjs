// Starts the programs under test and never leaves one behind, whatever happens to the test.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

function accepts(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

/** A program that listens on `port`. It has ended when `exited` resolves: `{code, signal}`. */
class Program {
  constructor(child, port) {
    this.child = child;
    this.pid = child.pid;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.output = "";
    this.alive = true;
    const collect = (chunk) => (this.output = (this.output + chunk).slice(-200_000));
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    running.add(child);
    this.exited = new Promise((resolve) => {
      child.once("error", (error) => ((this.output += error.message), resolve({ code: -1, signal: null })));
      child.once("close", (code, signal) => resolve({ code, signal }));
    }).then((status) => ((this.alive = false), running.delete(child), status));
  }

  /** Asks it to end and insists after `patience` milliseconds. */
  async stop({ signal = "SIGTERM", patience = 5000 } = {}) {
    this.child.kill(signal);
    const insist = setTimeout(() => this.child.kill("SIGKILL"), patience);
    const status = await this.exited;
    clearTimeout(insist);
    return status;
  }
}

/** Memory in use of a process, in bytes. */
export function rss(pid) {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(kb[1]) * 1024;
}

/** Starts `command` and returns once its port accepts connections. Fails with the program's output when it ends first. */
export async function launch(command, args, { port, env = {}, patience = 15_000 } = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const program = new Program(child, port);
  const deadline = Date.now() + patience;
  while (program.alive && Date.now() < deadline) {
    if (await accepts(port)) return program;
    await delay(20);
  }
  await program.stop();
  throw new Error(`${command} ${args.join(" ")} does not listen on port ${port}:\n${program.output}`);
}
