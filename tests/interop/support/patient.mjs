// `it` for the suites against protocol_echo. That server forgets a session whose pong is 200 ms late, and on a busy machine
// the test itself may be the late one: a test has three attempts. A server that is wrong is wrong each time, and the
// summary says how often it took more than one.
import { it as once } from "node:test";

export function it(name, body) {
  return once(name, { timeout: 30_000 }, async (t) => {
    for (let attempt = 1; ; ++attempt) {
      try {
        return await body(t);
      } catch (error) {
        if (attempt === 3) throw error;
        t.diagnostic(`repeated: ${error.message}`);
      }
    }
  });
}
