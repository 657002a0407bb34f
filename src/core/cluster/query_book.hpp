#pragma once
// Questions of this node that are open: who was asked, who has answered, and when that is all.

#include "base/counter.hpp"
#include "base/time.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/cluster/query_wire.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::cluster {

/// Why a node gave no answer, or only a part.
enum class silence : std::uint8_t {
  unlinked, ///< there was no way to it when it was to be asked
  lost,     ///< it died, or the way to it broke, while it was asked
  late,     ///< it did not answer in time
  busy      ///< it had too many questions to answer
};
std::string_view to_string(silence s);

struct silent_node {
  std::string id;
  silence why = silence::late;

  bool operator==(const silent_node&) const = default;
};

struct query_options {
  std::size_t max_open = 1'000;               ///< cluster.max_queries
  std::size_t max_answer_bytes = 16'000'000;  ///< cluster.max_answer_bytes: of one answer, of all nodes together
};

/// A node that is asked.
struct asked_node {
  node_ref ref;
  std::string id;
};

/// What a question came to.
struct query_outcome {
  std::uint64_t number = 0;
  std::vector<std::pair<std::string, answer_body>> parts; ///< by the node's id, in the order in which they came
  std::uint64_t expected = 0;                             ///< things that nodes said they have
  std::vector<silent_node> silent;                        ///< by id
  bool cut = false;                                       ///< a node left something out, or too much came
};

struct query_counters {
  std::atomic<std::uint64_t> open{0}; ///< gauge: questions that wait for answers
  // The rest only grows:
  counter asked;
  counter refused;       ///< not asked, because too many were open
  counter partial;       ///< came back without some node's answer
  counter cut;           ///< came back with something left out
  counter answer_bytes;  ///< of other nodes' answers
  counter late_parts;    ///< parts of answers to questions that were over
  counter answered;      ///< questions of others that were answered here
  counter declined;      ///< questions of others that there were too many of
  counter bad_messages;
};

/// Each function returns the questions that are over by it. Not thread-safe.
class query_book {
 public:
  using outcomes = std::vector<query_outcome>;

  query_book(query_options o, query_counters& counts) : o_(o), counts_(counts) {}

  /// A new question's number, or nothing when too many are open. `nodes` must be told of it, or `on_unreachable` be called; whoever is
  /// not even worth trying is in `silent`. Without anybody to ask it is over at once, which `take_over` tells.
  std::optional<std::uint64_t> open(std::vector<asked_node> nodes, std::vector<silent_node> silent, time_point until);
  /// `bytes`: how many the part took on the wire; 0 of this node's own.
  outcomes on_answer(node_ref from, answer a, std::size_t bytes);
  /// The question could not be sent.
  void on_unreachable(std::uint64_t number, node_ref node);
  /// A node is gone, or cannot be reached any more.
  outcomes on_lost(node_ref node);
  outcomes on_time(time_point now);
  std::optional<time_point> next_deadline() const;
  /// If the question is over already.
  outcomes take_over(std::uint64_t number);
  /// Everything that is open, with what has come.
  outcomes close_all();
  std::size_t size() const { return open_.size(); }

 private:
  struct participant {
    std::string id;
    std::optional<std::uint64_t> total;
    std::uint64_t got = 0;
    bool whole() const { return total && got >= *total; }
  };
  struct entry {
    std::map<node_ref, participant> waiting; ///< those whose answer is not whole
    query_outcome so_far;
    std::size_t bytes = 0;
    time_point until;
  };
  using table = std::map<std::uint64_t, entry>;
  void give_up_on(entry& e, std::map<node_ref, participant>::iterator who, silence why);
  void keep(entry& e, const std::string& id, answer a, std::size_t bytes);
  query_outcome close(table::iterator i);

  query_options o_;
  query_counters& counts_;
  std::uint64_t last_ = 0;
  table open_;
  std::set<std::pair<time_point, std::uint64_t>> deadlines_;
};

} // namespace troupe::cluster
