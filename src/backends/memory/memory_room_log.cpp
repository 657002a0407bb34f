#include "backends/memory/memory_room_log.hpp"

#include "backends/cluster_errors.hpp"

namespace troupe::memory {

using entries_answer = ports::room_log::answer<std::vector<ports::log_entry>>;

memory_room_log::memory_room_log(std::shared_ptr<memory_store> store, executor answers) :
  store_(std::move(store)), answers_(std::move(answers)) {}

/// `f(logs, now)` gives the answer.
template<class T, class F>
void memory_room_log::carry_out(answer<T> done, F f) {
  result<T> said = log_unavailable("the store is away");
  store_->with_logs([&](log_shelf& logs, time_point now) { said = f(logs, now); });
  answers_([done = std::move(done), said = std::move(said)]() mutable { done(std::move(said)); });
}

void memory_room_log::append(
  const std::string& room, std::vector<ports::log_entry> entries, ports::log_keep keep, answer<ports::appended> done) {
  carry_out(std::move(done), [&](log_shelf& logs, time_point now) {
    return logs.append(room, std::move(entries), keep, now);
  });
}

void memory_room_log::read(
  const std::string& room, ports::log_position after, std::size_t limit, entries_answer done) {
  carry_out(std::move(done), [&](log_shelf& logs, time_point now) { return logs.read(room, after, limit, now); });
}

void memory_room_log::tail(const std::string& room, std::size_t limit, entries_answer done) {
  carry_out(std::move(done), [&](log_shelf& logs, time_point now) { return logs.tail(room, limit, now); });
}

void memory_room_log::remove(const std::string& room, answer<bool> done) {
  carry_out(std::move(done), [&](log_shelf& logs, time_point now) { return logs.remove(room, now); });
}

} // namespace troupe::memory
