#pragma once
// The registry of simulations: atomic calls on plain data in virtual time, and the ways in which it fails.

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/cluster/registry_data.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe::sim {

/// Mistakes that the checker must find.
struct store_bugs {
  bool no_compare = false; ///< grants whatever is asked for
  bool no_floor = false;   ///< ignores `at_least`
};

class store {
 public:
  explicit store(std::uint16_t slots) : data_{{"gen-1", "run-1"}, 0, {}, std::vector<cluster::slot_record>(slots)} {}

  result<cluster::renewed> renew(const cluster::node_record& me, duration ttl, time_point now);
  cluster::registry_view read(time_point now);
  std::vector<cluster::slot_grant> claim(const cluster::node_record& by, const std::vector<cluster::slot_claim>& claims);
  void remove(const std::string& id, std::uint64_t incarnation);

  bool away = false;
  /// Started again with its data, or without.
  void restart(bool empty);
  void snapshot() { saved_ = data_; }
  /// Started again with the data of the snapshot.
  void roll_back();

  store_bugs bugs;
  std::uint64_t granted = 0; ///< so far
  std::uint64_t reads = 0;
  time_point last_grant{};
  std::vector<std::string> broken; ///< rules

 private:
  struct lease {
    cluster::node_record node;
    time_point until;
  };
  struct contents {
    cluster::store_mark mark;
    std::uint64_t version = 0;
    std::map<std::string, lease> nodes;
    std::vector<cluster::slot_record> slots;
  };
  void forget_expired(time_point now);

  contents data_, saved_;
  int runs_ = 1;
};

} // namespace troupe::sim
