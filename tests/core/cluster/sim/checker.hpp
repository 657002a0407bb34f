#pragma once
// Looks at every node after each of its steps, and at all of them when the faults are over.

#include "core/cluster/node_machine.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace troupe::sim {

class world;

class checker {
 public:
  /// After each step of a node: one home per slot and epoch, and no epoch goes back.
  void look(std::size_t n, const cluster::node_record& me, const cluster::node_machine& m, std::uint16_t slots);
  /// Whoever is linked to the new home has turned to it.
  void opened(const world& w, std::size_t n, const cluster::slots_opened& o);
  /// The node begins another life.
  void forget(std::size_t n) { last_.erase(n); }
  void gave_up(std::size_t n, const std::string& code);
  /// All that live agree, every slot is open at the node that is best for it, and nothing moves any more.
  void at_rest(const world& w, std::uint16_t slots, duration quiet);

  void blame(std::string what) {
    if (problems.size() < 20)
      problems.push_back(std::move(what));
  }
  std::vector<std::string> problems;

 private:
  std::map<std::pair<std::uint16_t, std::uint64_t>, cluster::node_ref> homes_;
  std::map<std::size_t, std::vector<std::uint64_t>> last_;
};

} // namespace troupe::sim
