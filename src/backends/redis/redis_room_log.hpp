#pragma once

#include "backends/redis/client.hpp"
#include "backends/redis/replica_groups.hpp"
#include "ports/room_log.hpp"

namespace troupe::redis {

/// One Redis Stream a room, `<prefix>{<cluster>:<slot>}:log:<namespace>#<room>`, with ids `epoch-seq`: the stream itself
/// refuses whoever was overtaken. A log may keep a few hundred entries more than max_entries, because Redis drops them in
/// blocks. A log that was removed stays as an empty stream until it expires: the fence outlives the entries.
class redis_room_log final : public ports::room_log {
 public:
  using slot_of = std::function<std::uint16_t(std::string_view room)>;
  /// `cluster` may not hold braces; `slot` is called by whoever calls. `replicas`: through what appends go; null: nobody asks whether
  /// replicas have them, and they go through `c` as well.
  redis_room_log(std::shared_ptr<client> c, std::string cluster, slot_of slot, std::shared_ptr<replica_groups> replicas = nullptr);

  void append(
    const std::string& room, std::vector<ports::log_entry> entries, ports::log_keep keep,
    answer<ports::appended> done) override;
  void read(
    const std::string& room, ports::log_position after, std::size_t limit,
    answer<std::vector<ports::log_entry>> done) override;
  void tail(const std::string& room, ports::log_position before, std::size_t limit, answer<std::vector<ports::log_entry>> done) override;
  void remove(const std::string& room, ports::log_position up_to, answer<bool> done) override;

  /// Where the room's log is, for people and other programs. A # in the namespace reads %23, a % reads %25.
  std::string key_of(const std::string& room) const;

 private:
  /// What changes the log, in the order of the calls.
  void write(const script& s, std::string key, std::vector<std::string> arguments, replica_groups::done d);

  std::shared_ptr<client> client_;
  std::string cluster_;
  slot_of slot_;
  std::shared_ptr<replica_groups> replicas_;
};

} // namespace troupe::redis
