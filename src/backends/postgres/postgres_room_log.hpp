#pragma once

#include "backends/postgres/metrics.hpp"
#include "backends/postgres/options.hpp"
#include "ports/room_log.hpp"

#include <memory>

namespace troupe::postgres {

class worker;

/// A row per room in `<schema>.room_logs`, which is the fence, and one per entry in `<schema>.room_log_entries`. An append that is
/// taken moves the row's position and adds the entries in one transaction; who comes later waits for the row and is refused. A log
/// may keep a tenth more than max_entries, at most 100, because the oldest are deleted several at a time. A log that was
/// removed keeps its row until it expires: the fence outlives the entries. Positions end at 2^63 - 1.
class postgres_room_log final : public ports::room_log {
 public:
  /// Connects in the background. `o.url` has passed `check_url`.
  explicit postgres_room_log(options o);
  ~postgres_room_log() override;

  void append(
    const std::string& room, std::vector<ports::log_entry> entries, ports::log_keep keep,
    answer<ports::appended> done) override;
  void read(
    const std::string& room, ports::log_position after, std::size_t limit,
    answer<std::vector<ports::log_entry>> done) override;
  void tail(const std::string& room, ports::log_position before, std::size_t limit, answer<std::vector<ports::log_entry>> done) override;
  void remove(const std::string& room, ports::log_position up_to, answer<bool> done) override;

  /// Answers everything that waits; when it returns nobody is called any more. By whoever destroys it.
  void end();
  /// Calls work.
  bool up() const;
  const metrics& counters() const;

 private:
  std::unique_ptr<worker> worker_;
};

} // namespace troupe::postgres
