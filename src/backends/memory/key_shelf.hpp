#pragma once

#include "core/cluster/public_keys.hpp"
#include "ports/public_keys.hpp"

#include <map>
#include <string>
#include <vector>

namespace troupe::memory {

/// The keys for other programs over plain data. Not thread-safe; time comes in.
class key_shelf {
 public:
  /// Gives the number of commands that a Redis would have carried out.
  std::size_t write(const std::vector<ports::key_change>& changes, time_point now);
  ports::key_content read(const ports::public_keys::key& k, time_point now);
  std::vector<std::string> scan(ports::key_kind kind, time_point now);
  bool once(const std::string& what, duration ttl, time_point now);

 private:
  struct key {
    ports::key_content members;
    time_point until = time_point::max();
  };
  void forget_expired(time_point now);

  std::map<ports::public_keys::key, key> keys_;
  std::map<std::string, time_point> done_;
};

} // namespace troupe::memory
