#pragma once

#include "troupe/io_namespace.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// A session of a raw Engine.IO endpoint (no Socket.IO on top). For use in its own callbacks only.
class raw_session {
 public:
  virtual ~raw_session() = default;
  virtual void send(std::string_view bytes, bool binary) = 0;
  virtual void close() = 0;
};

/// A Socket.IO server inside your program.
///
///     troupe::server io({{"server.port", "3001"}});
///     io.of("/").on("message", [](troupe::socket& s, troupe::event& e) { s.emit("echo", e[0]); });
///     if (auto problem = io.start(); !problem.empty()) { std::cerr << problem; return 1; }
///     io.wait();
class server {
 public:
  /// Settings by the names of docs/configuration.md; what is not named has its default. The environment is not read.
  explicit server(std::map<std::string, std::string> settings = {});
  /// Stops if nobody did.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// The handlers of a namespace; a name ending in `*` stands for every namespace that starts so (the longest fit wins).
  /// Namespaces that were never named are refused with "Invalid namespace".
  io_namespace of(std::string_view name = "/");
  /// A raw Engine.IO endpoint at `path`, e.g. "/engine.io"; every message of every session comes to `on_message`.
  void raw(std::string path, std::function<void(raw_session&, std::string_view bytes, bool binary)> on_message);

  /// Listens and serves. Empty: it runs; else what is wrong, a sentence per line.
  std::string start();
  /// The port that was taken (of use when `server.port` is 0).
  std::uint16_t port() const;
  /// Serves until SIGINT or SIGTERM, or until `stop` is called by another thread; then closes as `stop` does.
  void wait();
  /// Tells every client, writes what is queued and ends, within `server.shutdown_timeout_ms`. Not from a handler.
  void stop();

  broadcast_operator to(std::string_view room) { return of("/").to(room); }
  broadcast_operator except(std::string_view room) { return of("/").except(room); }
  template<class... Args>
  void emit(std::string_view event_name, Args&&... args) { of("/").emit(event_name, std::forward<Args>(args)...); }
  template<class... Args>
  void server_side_emit(std::string_view event_name, Args&&... args) {
    of("/").server_side_emit(event_name, std::forward<Args>(args)...);
  }

 private:
  std::shared_ptr<embed::core> core_;
};

} // namespace troupe
