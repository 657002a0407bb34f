#include "backends/memory/memory_room_log.hpp"

#include "backends/cluster_errors.hpp"

namespace troupe::memory {

using entries_answer = ports::room_log::answer<std::vector<ports::log_entry>>;

memory_room_log::memory_room_log(std::shared_ptr<memory_store> store, executor answers) :
  logs_(std::move(store), &memory_store::data::logs, log_unavailable("the store is away"), std::move(answers)) {}

void memory_room_log::append(
  const std::string& room, std::vector<ports::log_entry> entries, ports::log_keep keep, answer<ports::appended> done) {
  logs_.ask(std::move(done), [&](log_shelf& logs, time_point now) {
    return logs.append(room, std::move(entries), keep, now);
  });
}

void memory_room_log::read(
  const std::string& room, ports::log_position after, std::size_t limit, entries_answer done) {
  logs_.ask(std::move(done), [&](log_shelf& logs, time_point now) { return logs.read(room, after, limit, now); });
}

void memory_room_log::tail(
  const std::string& room, ports::log_position before, std::size_t limit, entries_answer done) {
  logs_.ask(std::move(done), [&](log_shelf& logs, time_point now) { return logs.tail(room, before, limit, now); });
}

void memory_room_log::remove(const std::string& room, ports::log_position up_to, answer<bool> done) {
  logs_.ask(std::move(done), [&](log_shelf& logs, time_point now) { return logs.remove(room, up_to, now); });
}

} // namespace troupe::memory
