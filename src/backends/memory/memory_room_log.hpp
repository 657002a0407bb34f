#pragma once

#include "backends/memory/store_part.hpp"
#include "ports/room_log.hpp"

namespace troupe::memory {

/// One node's way to the logs of the shared store. A call is carried out at once, its answer comes through `answers`.
class memory_room_log final : public ports::room_log {
 public:
  explicit memory_room_log(std::shared_ptr<memory_store> store, executor answers = at_once());

  void append(
    const std::string& room, std::vector<ports::log_entry> entries, ports::log_keep keep,
    answer<ports::appended> done) override;
  void read(
    const std::string& room, ports::log_position after, std::size_t limit,
    answer<std::vector<ports::log_entry>> done) override;
  void tail(const std::string& room, ports::log_position before, std::size_t limit, answer<std::vector<ports::log_entry>> done) override;
  void remove(const std::string& room, ports::log_position up_to, answer<bool> done) override;

 private:
  store_part<log_shelf> logs_;
};

} // namespace troupe::memory
