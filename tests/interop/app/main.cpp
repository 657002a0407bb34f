// The application that the client suites talk to: every operation of the library, on request of a client.
// Started as `interop_app --port N [--set key=value ...]`.

#include "handlers.hpp"

#include <cstdio>
#include <cstring>
#include <map>
#include <string>

namespace {

/// Reads `--port N` and any number of `--set key=value`.
std::map<std::string, std::string> read_settings(int argc, char** argv) {
  std::map<std::string, std::string> settings{{"server.host", "127.0.0.1"}, {"limits.events_per_minute", "0"}};
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string value = argv[i + 1];
    if (std::strcmp(argv[i], "--port") == 0)
      settings["server.port"] = value;
    else if (const auto equals = value.find('='); equals != std::string::npos)
      settings[value.substr(0, equals)] = value.substr(equals + 1);
  }
  return settings;
}

} // namespace

int main(int argc, char** argv) {
  troupe::server io(read_settings(argc, argv));
  interop::add_handlers(io, "/");
  interop::add_handlers(io, "/custom");
  interop::add_handlers(io, "/tenant-*");
  interop::add_handlers(io, "/private");
  io.of("/private").use([](troupe::socket& s) -> std::optional<troupe::connect_refusal> {
    if (s.auth().value("token", "") == "right")
      return std::nullopt;
    return troupe::connect_refusal{"not authorized", {{"code", "E_TOKEN"}, {"retry", false}}};
  });
  if (const std::string problem = io.start(); !problem.empty()) {
    std::fprintf(stderr, "%s\n", problem.c_str());
    return 1;
  }
  io.wait();
  return 0;
}
