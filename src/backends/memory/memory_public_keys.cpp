#include "backends/memory/memory_public_keys.hpp"

#include "backends/cluster_errors.hpp"

namespace troupe::memory {

memory_public_keys::memory_public_keys(std::shared_ptr<memory_store> store, executor answers) :
  keys_(std::move(store), &memory_store::data::keys, keys_unavailable("the store is away"), std::move(answers)) {}

void memory_public_keys::write(std::vector<ports::key_change> changes, answer<std::size_t> done) {
  keys_.ask(std::move(done), [&](key_shelf& keys, time_point now) { return keys.write(changes, now); });
}

void memory_public_keys::read(std::vector<key> keys, answer<std::vector<ports::key_content>> done) {
  keys_.ask(std::move(done), [&](key_shelf& shelf, time_point now) {
    std::vector<ports::key_content> contents;
    for (const auto& k : keys)
      contents.push_back(shelf.read(k, now));
    return contents;
  });
}

void memory_public_keys::scan(ports::key_kind kind, answer<std::vector<std::string>> done) {
  keys_.ask(std::move(done), [&](key_shelf& keys, time_point now) { return keys.scan(kind, now); });
}

void memory_public_keys::once(const std::string& what, duration ttl, answer<bool> done) {
  keys_.ask(std::move(done), [&](key_shelf& keys, time_point now) { return keys.once(what, ttl, now); });
}

} // namespace troupe::memory
