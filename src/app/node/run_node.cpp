#include "app/logging/node_log.hpp"
#include "app/node.hpp"
#include "app/node/node.hpp"
#include "app/node/signals.hpp"
#include "base/log.hpp"

#include <cstdio>

namespace troupe::app {

namespace {

void greet(const config& c, const node& n) {
  auto scheme = c.server.tls_cert.empty() ? "http" : "https";
  auto host = c.server.host == "0.0.0.0" || c.server.host == "::" ? "localhost" : c.server.host;
  log::info("listening", "host={} port={} node={} version={}", c.server.host, n.port(), n.id(), TROUPE_VERSION);
  if (c.demo.enabled)
    log::info("demo", "url={}://{}:{}/demo", scheme, host, n.port());
  if (c.auth.mode == "anonymous")
    log::warn("anonymous-mode", "Everybody may connect under any name. Set auth.mode=token and auth.jwt.secret before real "
                                "users come.");
}

} // namespace

int run_node(const loaded& configuration) {
  block_signals();
  auto& c = configuration.values;
  auto sink = node_log::open(c.log);
  if (!sink) {
    log::error("start-failed", "code={} {}", sink.error().code, sink.error().message);
    return 1;
  }
  for (auto& w : configuration.warnings)
    log::warn("configuration", "{}", w);
  auto n = node::start(c);
  if (!n) {
    log::error("start-failed", "code={} {}", n.error().code, n.error().message);
    return 1;
  }
  (*sink)->set_node((*n)->id());
  greet(c, **n);
  auto number = wait_for_signal([&n] { return (*n)->refused(); });
  log::info("stopping", "signal={} timeout_ms={} A second signal ends the process at once.", number,
            c.server.shutdown_timeout.count());
  auto began = clock::now();
  (*n)->stop();
  log::info("stopped", "after_ms={}", std::chrono::duration_cast<duration>(clock::now() - began).count());
  return 0;
}

} // namespace troupe::app
