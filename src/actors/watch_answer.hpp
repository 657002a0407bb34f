#pragma once

#include "actors/hub.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace troupe::actors {

/// The answer to `presence:subscribe`: the states of several users, collected from their presences. Sent when the last
/// presence has added its part (or has failed and dropped its share), so it always comes.
class watch_answer {
 public:
  watch_answer(hub& h, session_ref who, std::string nsp, ack_id ack)
    : hub_(h), who_(who), nsp_(std::move(nsp)), ack_(ack) {}
  ~watch_answer();
  watch_answer(const watch_answer&) = delete;
  watch_answer& operator=(const watch_answer&) = delete;

  /// `state`: presence::state_text. Any thread.
  void add(std::string_view state);
  void fail(error why);

 private:
  hub& hub_;
  session_ref who_;
  std::string nsp_;
  ack_id ack_;
  std::mutex mutex_;
  std::string states_;
  std::optional<error> failed_;
};

} // namespace troupe::actors
