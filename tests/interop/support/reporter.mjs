// A node:test reporter that says one line a file, and everything about what failed.
import path from "node:path";

export default async function* reporter(source) {
  const files = new Map();
  const failures = [];
  let repeated = 0;
  for await (const { type, data } of source) {
    if (type === "test:stderr" || type === "test:stdout") yield data.message;
    if (type === "test:diagnostic" && data.message.startsWith("repeated:")) ++repeated;
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details.type === "suite" && type === "test:pass") continue;
    const name = data.file ? path.basename(data.file, ".test.mjs") : "?";
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
      failures.push(`  ${name}: ${data.name}\n    ${String(cause?.stack ?? cause?.message ?? cause).split("\n").slice(0, 12).join("\n    ")}`);
    }
  }
  for (const [name, { passed, failed, skipped }] of files)
    yield `${failed ? "FAIL" : "ok  "} ${name}: ${passed} passed${failed ? `, ${failed} failed` : ""}${skipped ? `, ${skipped} skipped` : ""}\n`;
  if (repeated) yield `${repeated} attempts of tests with a clock were repeated\n`;
  if (failures.length) yield `\n${failures.join("\n\n")}\n`;
}
