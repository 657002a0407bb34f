#pragma once
// What the net part is configured with. Times, sizes and effects as in docs/configuration.md.

#include "base/time.hpp"
#include "core/limits/limits.hpp"
#include "net/http/cors.hpp"
#include "ports/session_sink.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe::net {

struct cookie_options {
  std::string name; ///< empty: none
  std::string path = "/";
  bool http_only = true;
  std::string same_site = "Lax";
  bool secure = false;
  int max_age_s = 0;
};

struct engine_options {
  std::string path = "/socket.io/"; ///< with both slashes; a prefix of the request path
  duration ping_interval{25'000};
  duration ping_timeout{20'000};
  duration upgrade_timeout{10'000};
  duration connect_timeout{45'000}; ///< 0: sessions need no namespace (raw Engine.IO)
  bool polling = true;
  bool websocket = true;
  bool allow_upgrades = true;
  bool per_message_deflate = false;
  bool http_compression = true;
  std::size_t http_compression_threshold = 1024;
  cookie_options cookie;
};

/// An Engine.IO server at a path; a node may have several (the protocol echo example has two).
struct engine_endpoint {
  engine_options options;
  ports::session_acceptor* acceptor = nullptr;
};

struct server_options {
  std::string host = "0.0.0.0";
  std::uint16_t port = 3001; ///< 0: any free port
  std::uint16_t node_number = 0; ///< first two bytes of every id made here
  int shards = 1;
  bool io_uring = true; ///< for broadcasts, where it is to be had
  std::size_t journal_events = 0; ///< recovery.journal_events, kept per shard; 0 unless sessions can be recovered
  std::string tls_cert, tls_key; ///< PEM files; both set: TLS
  std::vector<std::string> trusted_proxies;
  cors_policy cors;
  limits limit;
};

} // namespace troupe::net
