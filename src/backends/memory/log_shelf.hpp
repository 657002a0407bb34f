#pragma once

#include "ports/room_log.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace troupe::memory {

/// The rules of a room log over plain data. Not thread-safe; time comes in.
class log_shelf {
 public:
  result<ports::appended>
  append(const std::string& room, std::vector<ports::log_entry> entries, ports::log_keep keep, time_point now);
  std::vector<ports::log_entry>
  read(const std::string& room, ports::log_position after, std::size_t limit, time_point now);
  std::vector<ports::log_entry> tail(const std::string& room, ports::log_position before, std::size_t limit, time_point now);
  /// The entries go, if none is beyond `up_to`; where the log ended is remembered until it expires, so that the fence stands.
  bool remove(const std::string& room, ports::log_position up_to, time_point now);
  std::size_t rooms() const { return logs_.size(); }
  /// As a log with replicas: whether they have everything (ports::appended::replicated).
  void set_replicas(bool follow) { replicas_ = follow; }

 private:
  struct log {
    std::deque<ports::log_entry> entries;
    ports::log_position last;
    time_point expires;
  };
  log* find(const std::string& room, time_point now);
  void sweep(time_point now);

  std::map<std::string, log> logs_;
  bool replicas_ = false;
  std::string swept_; ///< up to this room; each append looks at a few more
};

} // namespace troupe::memory
