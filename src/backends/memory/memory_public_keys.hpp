#pragma once

#include "backends/memory/store_part.hpp"
#include "ports/public_keys.hpp"

namespace troupe::memory {

/// One node's way to the shared store. A call is carried out at once, its answer comes through `answers`.
class memory_public_keys final : public ports::public_keys {
 public:
  explicit memory_public_keys(std::shared_ptr<memory_store> store, executor answers = at_once());

  void write(std::vector<ports::key_change> changes, answer<std::size_t> done) override;
  void read(std::vector<key> keys, answer<std::vector<ports::key_content>> done) override;
  void scan(ports::key_kind kind, answer<std::vector<std::string>> done) override;
  void once(const std::string& what, duration ttl, answer<bool> done) override;

 private:
  store_part<key_shelf> keys_;
};

} // namespace troupe::memory
