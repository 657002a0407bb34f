#include "backends/memory/memory_registry.hpp"

#include "backends/cluster_errors.hpp"

namespace troupe::memory {

memory_registry::memory_registry(std::shared_ptr<memory_store> store, std::size_t slots, executor answers) :
  store_(std::move(store)), slots_(slots), answers_(std::move(answers)) {}

/// `f(table, now)` gives the answer.
template<class T, class F>
void memory_registry::carry_out(answer<T> done, F f) {
  result<T> said = registry_unavailable("the store is away");
  store_->with_table([&](slot_table& table, time_point now) { said = f(table, now); });
  answers_([done = std::move(done), said = std::move(said)]() mutable { done(std::move(said)); });
}

void memory_registry::renew(const ports::node_record& me, duration ttl, answer<ports::renewed> done) {
  carry_out(std::move(done), [&](slot_table& t, time_point now) { return t.renew(me, ttl, slots_, now); });
}

void memory_registry::read(answer<ports::registry_view> done) {
  carry_out(std::move(done), [&](slot_table& t, time_point now) { return t.read(slots_, now); });
}

void memory_registry::claim(
  const ports::node_record& by, std::vector<ports::slot_claim> claims, answer<std::vector<ports::slot_grant>> done) {
  carry_out(std::move(done), [&](slot_table& t, time_point) { return t.claim(by, claims); });
}

void memory_registry::remove(const std::string& node, std::uint64_t incarnation, answer<bool> done) {
  carry_out(std::move(done), [&](slot_table& t, time_point) { return t.remove(node, incarnation); });
}

void memory_registry::pin(std::uint16_t slot, ports::slot_pin where, answer<bool> done) {
  carry_out(std::move(done), [&](slot_table& t, time_point) { return t.pin(slot, where); });
}

} // namespace troupe::memory
