#pragma once
// How a node that is to go, or to rest, gives up what it has: first its slots, then its clients, a batch at a time. Pure: time and
// counts come in, how many clients to move comes out.

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::cluster {

struct drain_options {
  std::uint32_t clients_per_second = 200; ///< 0: all at once
  /// For slots and clients together, from when somebody is there to take them; the pace is raised so that the clients are
  /// gone by then.
  duration at_most{10'000};
};

enum class drain_phase : std::uint8_t {
  none,
  slots,   ///< the slots go first, so that moved clients find their rooms at home
  clients, ///< they are moved in batches; new ones are turned away
  done
};
std::string_view to_string(drain_phase p);

/// What the node has at one moment.
struct drain_sight {
  std::size_t slots = 0;   ///< whose home it is
  std::size_t takers = 0;  ///< other nodes that would take them
  std::size_t clients = 0; ///< sessions
};

struct drain_status {
  drain_phase phase = drain_phase::none;
  bool moves_clients = false;
  std::uint32_t clients_per_second = 0; ///< the pace now
  std::uint64_t moved = 0;              ///< clients, in this drain
  // Since the start of the node:
  std::uint64_t begun = 0, cancelled = 0, moved_ever = 0;
};

/// Not thread-safe.
class drain_plan {
 public:
  /// Another `begin` while one is under way may add the clients, or a nearer end.
  void begin(drain_options o, bool clients, time_point now);
  void cancel();
  /// How many clients to move now. Call often: what is due since the last call comes at once.
  std::size_t step(const drain_sight& s, time_point now);

  bool under_way() const { return status_.phase != drain_phase::none; }
  /// New clients should be sent to other nodes.
  bool turns_away() const { return turns_away_; }
  const drain_status& status() const { return status_; }

 private:
  void choose_phase(const drain_sight& s, time_point now);
  std::size_t batch(std::size_t clients, time_point now);

  drain_options options_;
  drain_status status_;
  bool turns_away_ = false;
  std::optional<time_point> deadline_; ///< set when the first taker is seen
  time_point slots_until_{};
  time_point paced_at_{};
  double due_ = 0;
};

} // namespace troupe::cluster
