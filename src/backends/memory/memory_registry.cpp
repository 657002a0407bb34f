#include "backends/memory/memory_registry.hpp"

#include "backends/cluster_errors.hpp"

namespace troupe::memory {

memory_registry::memory_registry(std::shared_ptr<memory_store> store, std::size_t slots, executor answers) :
  slots_(slots), table_(std::move(store), &memory_store::data::table, registry_unavailable("the store is away"), std::move(answers)) {}

void memory_registry::renew(const ports::node_record& me, duration ttl, answer<ports::renewed> done) {
  table_.ask(std::move(done), [&](slot_table& t, time_point now) { return t.renew(me, ttl, slots_, now); });
}

void memory_registry::read(answer<ports::registry_view> done) {
  table_.ask(std::move(done), [&](slot_table& t, time_point now) { return t.read(slots_, now); });
}

void memory_registry::claim(
  const ports::node_record& by, std::vector<ports::slot_claim> claims, answer<std::vector<ports::slot_grant>> done) {
  table_.ask(std::move(done), [&](slot_table& t, time_point) { return t.claim(by, claims); });
}

void memory_registry::remove(const std::string& node, std::uint64_t incarnation, answer<bool> done) {
  table_.ask(std::move(done), [&](slot_table& t, time_point) { return t.remove(node, incarnation); });
}

void memory_registry::pin(std::uint16_t slot, ports::slot_pin where, answer<bool> done) {
  table_.ask(std::move(done), [&](slot_table& t, time_point) { return t.pin(slot, where); });
}

} // namespace troupe::memory
