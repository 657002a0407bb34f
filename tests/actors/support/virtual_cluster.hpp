#pragma once
// Several nodes without network and in virtual time, with links that a test cuts and holds.

#include "world.hpp"

#include "actors/cluster_setup.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

/// Nodes `n1`, `n2` ... with numbers from 1. The first is the home of every slot. All links are up. Their part in the cluster knows no
/// registry: who belongs to the cluster is what the test says.
class virtual_cluster {
 public:
  explicit virtual_cluster(std::size_t nodes, actors::options o = {});
  ~virtual_cluster();

  /// Of all nodes; has room for two users.
  std::shared_ptr<memory::memory_offline_store> queues = std::make_shared<memory::memory_offline_store>(2);
  /// Of all nodes, where rooms keep their history.
  std::shared_ptr<memory::memory_store> logs = std::make_shared<memory::memory_store>();

  world& operator[](std::size_t i);
  static std::string id(std::size_t i) { return "n" + std::to_string(i + 1); }
  actors::hub& hub(std::size_t i);

  /// Everything that can run, on all nodes and over the links.
  void run();
  void advance(duration d);
  /// What is sent to this node waits until `release`.
  void hold(std::size_t i) { held_.insert(i); }
  void release(std::size_t i);
  /// The links of a node break; it stays a member of the cluster. What was on the way is lost.
  void cut(std::size_t i);
  void link(std::size_t i);
  /// Node `at` hears that node `home` is the home of every slot from this epoch on. The home's slots are open or not.
  void hear_of_home(std::size_t at, std::size_t home, std::uint64_t epoch, bool open = true);
  /// The same on all nodes that are not cut off, the home first.
  void move_homes(std::size_t home, std::uint64_t epoch);
  /// The node's links break, and the others hold it for dead.
  void kill(std::size_t i);
  /// Bytes as if node `from` had sent them to node `to`.
  void inject(std::size_t from, std::size_t to, std::string bytes) { wire_.push_back({from, to, std::move(bytes)}); }

 private:
  struct member;
  struct wire_message {
    std::size_t from, to;
    std::string bytes;
  };
  ports::link_peer peer(std::size_t i) const;
  bool send(std::size_t from, const std::string& to, std::string bytes);
  bool deliver();
  /// With the nodes before `end`.
  void set_links(std::size_t i, std::size_t end, bool up);

  std::vector<std::unique_ptr<member>> members_;
  std::deque<wire_message> wire_;
  std::set<std::size_t> held_, cut_;
};

} // namespace troupe::test
