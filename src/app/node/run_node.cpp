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

/// Until a signal comes or the cluster has no place for the node. True: it must begin again, under another number.
bool serve(const config& c, node& n) {
  const auto number = wait_for_signal([&n] { return n.refusal().has_value(); });
  const bool again = number == 0 && n.refusal()->code == "node_number_taken";
  if (again)
    log::warn("number-lost", "{} The node starts again under another number; its clients reconnect.", n.refusal()->message);
  else
    log::info("stopping", "signal={} timeout_ms={} A second signal ends the process at once.", number,
              c.server.shutdown_timeout.count());
  const auto began = clock::now();
  n.stop();
  log::info("stopped", "after_ms={}", std::chrono::duration_cast<duration>(clock::now() - began).count());
  return again;
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
  for (;;) {
    auto n = node::start(c);
    if (!n) {
      log::error("start-failed", "code={} {}", n.error().code, n.error().message);
      return 1;
    }
    (*sink)->set_node((*n)->id());
    greet(c, **n);
    if (!serve(c, **n))
      return 0;
  }
}

} // namespace troupe::app
