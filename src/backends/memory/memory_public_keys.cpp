#include "backends/memory/memory_public_keys.hpp"

#include "backends/cluster_errors.hpp"

namespace troupe::memory {

memory_public_keys::memory_public_keys(std::shared_ptr<memory_store> store, executor answers) :
  store_(std::move(store)), answers_(std::move(answers)) {}

/// `f(keys, now)` gives the answer.
template<class T, class F>
void memory_public_keys::carry_out(answer<T> done, F f) {
  result<T> said = keys_unavailable("the store is away");
  store_->with_keys([&](key_shelf& keys, time_point now) { said = f(keys, now); });
  answers_([done = std::move(done), said = std::move(said)]() mutable { done(std::move(said)); });
}

void memory_public_keys::write(std::vector<ports::key_change> changes, answer<std::size_t> done) {
  carry_out(std::move(done), [&](key_shelf& keys, time_point now) { return keys.write(changes, now); });
}

void memory_public_keys::read(std::vector<key> keys, answer<std::vector<ports::key_content>> done) {
  carry_out(std::move(done), [&](key_shelf& shelf, time_point now) {
    std::vector<ports::key_content> contents;
    for (const auto& k : keys)
      contents.push_back(shelf.read(k, now));
    return contents;
  });
}

void memory_public_keys::scan(ports::key_kind kind, answer<std::vector<std::string>> done) {
  carry_out(std::move(done), [&](key_shelf& keys, time_point now) { return keys.scan(kind, now); });
}

void memory_public_keys::once(const std::string& what, duration ttl, answer<bool> done) {
  carry_out(std::move(done), [&](key_shelf& keys, time_point now) { return keys.once(what, ttl, now); });
}

} // namespace troupe::memory
