#pragma once

#include "core/cluster/query_wire.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace troupe::actors {

class hub;

/// Where this node's answer to one question goes: to the node that asked, or to its own query actor. Copies answer the same
/// question. Any thread.
class answer_line {
 public:
  /// `node` empty: this one. `place` is held as long as somebody may answer.
  answer_line(std::shared_ptr<hub> h, std::string node, std::uint64_t number, std::shared_ptr<void> place)
    : hub_(std::move(h)), node_(std::move(node)), number_(number), place_(std::move(place)) {}

  /// All there is to say.
  void whole(cluster::answer_body body, bool cut = false) const;
  /// Some of it. `total` in one part says how many things come altogether.
  void part(cluster::answer_body body, std::optional<std::uint64_t> total = {}) const;
  /// Nobody waits.
  bool idle() const { return number_ == 0; }

 private:
  std::shared_ptr<hub> hub_;
  std::string node_;
  std::uint64_t number_;
  std::shared_ptr<void> place_;
};

} // namespace troupe::actors
