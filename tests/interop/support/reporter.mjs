// A node:test reporter that says what failed as it happens, and one line a file at the end.
import path from "node:path";

export default async function* reporter(source) {
  const files = new Map();
  let repeated = 0;
  let running = "?"; // a test made by a helper has the helper's file; its suite has its own
  for await (const { type, data } of source) {
    if (type === "test:stderr" || type === "test:stdout") yield data.message;
    if (type === "test:diagnostic" && data.nesting > 0) {
      if (data.message.startsWith("repeated:")) ++repeated;
      else yield `     ${data.message}\n`;
    }
    if (type === "test:start" && data.nesting === 0 && data.file) running = path.basename(data.file, ".test.mjs");
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details.type === "suite" && type === "test:pass") continue;
    const name = running;
    const file = files.get(name) ?? { passed: 0, failed: 0, skipped: 0 };
    files.set(name, file);
    if (type === "test:pass" && data.skip !== undefined) ++file.skipped;
    else if (type === "test:pass") ++file.passed;
    else {
      const error = data.details.error;
      // A suite fails because its tests do, and a hook's failure cancels them all: say the reason once.
      if (error?.failureType === "subtestsFailed") continue;
      ++file.failed;
      if (error?.failureType === "cancelledByParent") continue;
      const cause = error?.cause ?? error;
      const lines = String(cause?.stack ?? cause?.message ?? cause).split("\n");
      yield `  ${name}: ${data.name}\n    ${lines.slice(0, 12).join("\n    ")}\n\n`;
    }
  }
  for (const [name, { passed, failed, skipped }] of files)
    yield `${failed ? "FAIL" : "ok  "} ${name}: ${passed} passed${failed ? `, ${failed} failed` : ""}${skipped ? `, ${skipped} skipped` : ""}\n`;
  if (repeated) yield `${repeated} attempts of tests with a clock were repeated\n`;
}
