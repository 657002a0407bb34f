#pragma once

#include "ports/registry.hpp"

#include <map>
#include <string>
#include <vector>

namespace troupe::memory {

/// The rules of a registry over plain data: nodes with leases, slots with epochs. Not thread-safe; time comes in.
class slot_table {
 public:
  result<ports::renewed> renew(const ports::node_record& me, duration ttl, std::size_t slots, time_point now);
  /// Exactly `slots` slots, whether somebody took them or not.
  ports::registry_view read(std::size_t slots, time_point now);
  std::vector<ports::slot_grant> claim(const ports::node_record& by, const std::vector<ports::slot_claim>& claims);
  bool remove(const std::string& node, std::uint64_t incarnation);
  result<bool> pin(std::uint16_t slot, const ports::slot_pin& where);

  /// The server was started: `run` until the next call.
  void begin_run(std::string run);

 private:
  struct lease {
    ports::node_record node;
    time_point until;
  };
  void forget_expired(time_point now);

  ports::store_mark mark_;
  std::size_t slot_count_ = 0; ///< 0: nobody has said it
  std::uint64_t slots_version_ = 0;
  std::map<std::string, lease> nodes_;
  std::map<std::uint16_t, ports::slot_record> slots_;
  cluster::slot_pins pins_;
};

} // namespace troupe::memory
