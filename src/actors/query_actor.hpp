#pragma once

#include "actors/answer_line.hpp"
#include "actors/pinned.hpp"
#include "actors/query_messages.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace troupe::actors {

/// Asks all nodes, this one included, and hands the outcome to who wanted it; answers what other nodes ask. Which answers are still
/// missing is the business of core/cluster/query_book.hpp. One a node, on its first shard.
class query_actor : public pinned {
 public:
  query_actor(caf::actor_config& cfg, shard& home);

  caf::behavior make_behavior() override;
  const char* name() const override { return "troupe.query"; }
  std::string describe() const override { return "query"; }

 private:
  using callback = std::function<void(result<cluster::query_outcome>)>;
  struct circle {
    std::vector<cluster::asked_node> nodes;
    std::vector<cluster::silent_node> silent;
    bool here = false;
  };

  void on_end() override;
  void on_op(query_op& op);
  void on(query_ask& m);
  void on(query_part& m);
  void on(query_from_peer& m);
  void on(query_peer_lost& m);
  circle circle_of(const query_ask& m) const;
  void tell_only(query_ask& m, const circle& around);
  void hear_question(const query_from_peer& m, cluster::question q);
  void finish(cluster::query_book::outcomes over);
  void schedule() { wake_at(book_.next_deadline()); }

  cluster::query_book book_;
  std::map<std::uint64_t, callback> waiting_;
  std::shared_ptr<std::atomic<std::size_t>> answering_; ///< questions of other nodes that are being answered
};

} // namespace troupe::actors
