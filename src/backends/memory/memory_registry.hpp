#pragma once

#include "backends/memory/store_part.hpp"
#include "ports/registry.hpp"

namespace troupe::memory {

/// One node's way to the shared store. A call is carried out at once, its answer comes through `answers`.
class memory_registry final : public ports::registry {
 public:
  explicit memory_registry(
    std::shared_ptr<memory_store> store, std::size_t slots = 1'024, executor answers = at_once());

  void renew(const ports::node_record& me, duration ttl, answer<ports::renewed> done) override;
  void read(answer<ports::registry_view> done) override;
  void claim(
    const ports::node_record& by, std::vector<ports::slot_claim> claims,
    answer<std::vector<ports::slot_grant>> done) override;
  void remove(const std::string& node, std::uint64_t incarnation, answer<bool> done) override;
  void pin(std::uint16_t slot, ports::slot_pin where, answer<bool> done) override;

 private:
  std::size_t slots_;
  store_part<slot_table> table_;
};

} // namespace troupe::memory
