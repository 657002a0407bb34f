#pragma once

#include "backends/redis/client.hpp"
#include "ports/registry.hpp"

namespace troupe::redis {

/// The registry in Redis, under `<prefix>{<cluster>}:`
///
///   node:<id>     record of a node (JSON), expires with its lease     nodes          set of their ids
///   numbers       hash: number -> incarnation:id                      slots          hash: slot -> "epoch incarnation node"
///   slots_version counter of their changes                            slot_count     number of slots
///   gen           random, as old as the data                          pins           hash: slot -> "node room"
///
/// Epochs stay exact up to 2^53, far beyond the unix milliseconds that they begin with.
class redis_registry final : public ports::registry {
 public:
  /// `cluster` may not hold braces.
  redis_registry(std::shared_ptr<client> c, const std::string& cluster, std::size_t slots = 1'024);

  void renew(const ports::node_record& me, duration ttl, answer<ports::renewed> done) override;
  void read(answer<ports::registry_view> done) override;
  void claim(
    const ports::node_record& by, std::vector<ports::slot_claim> claims,
    answer<std::vector<ports::slot_grant>> done) override;
  void remove(const std::string& node, std::uint64_t incarnation, answer<bool> done) override;
  void pin(std::uint16_t slot, ports::slot_pin where, answer<bool> done) override;

 private:
  std::vector<std::string> keys(std::initializer_list<std::string> names) const;

  std::shared_ptr<client> client_;
  std::string base_;
  std::size_t slots_;
};

} // namespace troupe::redis
