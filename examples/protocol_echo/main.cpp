// The server under test of the official Engine.IO and Socket.IO protocol suites: a raw echo at /engine.io/, and at
// /socket.io/ the events that the suites expect. `protocol_echo --port 3000`

#include <troupe/troupe.hpp>

#include <cstring>
#include <iostream>

namespace {

void send_auth(troupe::socket& s) { s.emit("auth", s.auth()); }

} // namespace

int main(int argc, char** argv) {
  std::string port = "3000";
  for (int i = 1; i + 1 < argc; ++i)
    if (std::strcmp(argv[i], "--port") == 0)
      port = argv[i + 1];

  troupe::server io({{"server.port", port},
                     {"server.host", "127.0.0.1"},
                     {"engine.ping_interval_ms", "300"},
                     {"engine.ping_timeout_ms", "200"},
                     {"socketio.connect_timeout_ms", "1000"},
                     {"limits.max_payload_bytes", "1000000"},
                     {"limits.events_per_minute", "0"},
                     {"demo.enabled", "false"}});

  io.raw("/engine.io", [](troupe::raw_session& s, std::string_view bytes, bool binary) { s.send(bytes, binary); });

  io.of("/")
    .on_connect(send_auth)
    .on("message", [](troupe::socket& s, troupe::event& e) { s.emit_args("message-back", e.args()); })
    .on("message-with-ack", [](troupe::socket&, troupe::event& e) { e.acknowledge(e.args()); });
  io.of("/custom").on_connect(send_auth);

  if (auto problem = io.start(); !problem.empty()) {
    std::cerr << problem << '\n';
    return 1;
  }
  std::cout << "listening port=" << io.port() << std::endl;
  io.wait();
}
