// epoll_floor --port N     The floor that bench/run compares servers with. Tells when it listens with a line of JSON.
#include "floor_server.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

int main(int argc, char** argv) {
  if (argc != 3 || std::string_view(argv[1]) != "--port") {
    std::fprintf(stderr, "usage: epoll_floor --port N    (0: any free port)\n");
    return 2;
  }
  floor_bench::floor_server server(static_cast<std::uint16_t>(std::atoi(argv[2])));
  std::printf("{\"pids\": [%d], \"port\": %d}\n", getpid(), server.port());
  std::fflush(stdout);
  server.run();
}
