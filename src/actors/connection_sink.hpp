#pragma once

#include "actors/shard.hpp"
#include "core/socketio/decoder.hpp"
#include "ports/session_sink.hpp"

#include <memory>
#include <vector>

namespace troupe::actors {

/// The actors' end of one session, on the shard's thread: turns messages into packets and hands them to the session's
/// connection actor. May outlive the actors; then it does nothing.
class connection_sink : public ports::session_sink {
 public:
  connection_sink(std::shared_ptr<shard> home, session_ref who);
  ~connection_sink() override;

  void on_message(std::string_view bytes, bool binary) override;
  void on_close(engineio::close_reason why) override;
  void on_control(const ports::control& c) override;

 private:
  void tell_over(engineio::close_reason why);

  std::shared_ptr<shard> home_;
  session_ref who_;
  bool ended_ = false; ///< nothing more is read
  bool told_ = false;  ///< the actor knows that the session is over
  socketio::decoder decoder_;
};

/// Makes a connection actor and its sink for each session.
class connection_acceptor : public ports::session_acceptor {
 public:
  explicit connection_acceptor(std::vector<std::shared_ptr<shard>> shards) : shards_(std::move(shards)) {}
  std::unique_ptr<ports::session_sink> on_open(session_ref ref, engineio::handshake_ptr shake) override;

 private:
  std::vector<std::shared_ptr<shard>> shards_;
};

} // namespace troupe::actors
