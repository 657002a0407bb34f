#pragma once
// Sessions whose clients may come back, kept outside the node that serves them, so that they outlive it.

#include "base/error.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/recovery/session_record.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace troupe::ports {

/// What has become of a record that was to be saved.
enum class saving {
  saved,
  unavailable, ///< the store is away: the record is dropped
  not_owner    ///< the session was taken by another one: so is it
};

/// Guarantees: calls for one session by one object are carried out in the order of the calls; `save`, `leave` and `forget` of one
/// who is not in the session's last stay any more do nothing. What could not be saved is to be saved again before long, and until then an older
/// record, or none, is what a client finds. `done`
/// comes once, on any thread, maybe before the call returns; the error is `sessions_unavailable`. Any thread; never blocks.
class session_store {
 public:
  using answered = std::function<void(saving)>;
  using taken = std::function<void(result<std::optional<recovery::session_record>>)>;
  using journal_found = std::function<void(result<std::optional<std::string>>)>;
  struct journal_name {
    cluster::node_ref node;
    std::uint16_t shard = 0;

    auto operator<=>(const journal_name&) const = default;
  };

  virtual ~session_store() = default;

  /// The session as it is now; its client is connected. `r.stays.back()` is who says so.
  virtual void save(const std::string& pid, const recovery::session_record& r, answered done) = 0;
  void save(const std::string& pid, const recovery::session_record& r) { save(pid, r, {}); }
  /// The client is away: it may come back within the window.
  virtual void leave(const std::string& pid, const recovery::stay& who) = 0;
  /// It will not come back.
  virtual void forget(const std::string& pid, const recovery::stay& who) = 0;
  /// The session as it was saved last; from now on it is `by`'s. Nothing: it is unknown, or its window is over.
  virtual void take(const std::string& pid, const recovery::stay& by, taken done) = 0;
  /// `by` has taken it in vain, for a client that was gone by then and may be connected elsewhere: whoever saved it last has it again.
  virtual void give_back(const std::string& pid, const recovery::stay& by) = 0;

  /// What a node that ends leaves behind of one shard: recovery::journal::encode. Kept for the window. `done`: written, or not.
  virtual void save_journal(const journal_name& of, std::string bytes, std::function<void()> done) = 0;
  /// Nothing: that node has left none, or too long ago.
  virtual void find_journal(const journal_name& of, journal_found done) = 0;
};

} // namespace troupe::ports
