#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::redis {

struct endpoint {
  std::string host = "127.0.0.1"; ///< a name or an address, IPv6 without brackets
  std::uint16_t port = 6379;

  auto operator<=>(const endpoint&) const = default;
};

/// "host:port", as logs and people write it.
std::string to_text(const endpoint& e);

struct login {
  std::string user;     ///< empty: the default user
  std::string password; ///< empty: no AUTH is sent
};

/// Everything a client has to know. docs/configuration.md, section redis.
struct options {
  endpoint server;                    ///< in a Redis Cluster: one of its nodes; with Sentinel: not used
  std::vector<endpoint> cluster_nodes;///< further nodes of a Redis Cluster to begin with
  login as;
  int database = 0;
  bool tls = false;
  std::string tls_ca_file;            ///< empty: the authorities that the system trusts

  std::string sentinel_master;        ///< not empty: `sentinels` are asked where this one is
  std::vector<endpoint> sentinels;
  login sentinel_as;

  std::string prefix = "troupe:";     ///< of every key and channel
  std::string name = "troupe";        ///< in CLIENT LIST
  duration timeout{2'000};            ///< of one command, from the call to the answer
  duration connect_timeout{2'000};    ///< of one attempt, greeting included
  duration reconnect_min{100};        ///< first pause between attempts; doubles, with jitter
  duration reconnect_max{1'000};
  std::size_t max_commands = 10'000;  ///< waiting and unanswered
  std::size_t max_command_bytes = 64'000'000;
};

} // namespace troupe::redis
