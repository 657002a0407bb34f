// `troupe load` as its users run it.
import { execFile } from "node:child_process";
import { troupeBinary } from "../../support/troupe.mjs";

/** Runs a scenario; resolves to {code, result (its JSON), errors (what it said on standard error)}. */
export function load(scenario, server, args = [], { signalAfter } = {}) {
  const line = ["load", scenario, "--url", server.url, "--json", "-", "--quiet", ...args.map(String)];
  return new Promise((resolve, reject) => {
    const child = execFile(troupeBinary(), line, { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") return reject(new Error(`${error.message}\n${stderr}`));
      let result;
      try {
        result = stdout ? JSON.parse(stdout) : undefined;
      } catch (why) {
        return reject(new Error(`${why.message}: ${stdout}`));
      }
      resolve({ code: error?.code ?? 0, result, errors: stderr });
    });
    if (signalAfter) setTimeout(() => child.kill("SIGINT"), signalAfter);
  });
}
