#pragma once

#include "base/error.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/messaging/id_memory.hpp"
#include "core/presence/presence_options.hpp"
#include "core/session_ref.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::presence {

/// What a presence keeps when its actor fails.
struct ledger {
  std::uint64_t seq = 0;           ///< of direct messages to the user
  std::optional<unix_ms> last_seen;///< nothing: never connected since the node knows of the user
};

/// One socket, of the user or of somebody who watches.
struct place {
  session_ref session;
  std::string nsp;
  cluster::node_ref node = {}; ///< {}: this one
  std::string device = {};     ///< which of the user's devices, where that matters (offline.devices)
  auto operator<=>(const place&) const = default;
};

struct state {
  bool online = false;
  std::string status; ///< "online", "offline" or the user's own word
  std::optional<unix_ms> last_seen;
};

struct time_passed {
  bool went_offline = false;
  bool idle = false;         ///< nobody needs this entry any more: at once when a user goes to whom nobody wrote, else after a while
};

enum class delivery_status { delivered, queued, sent };
std::string_view to_string(delivery_status d);

/// By which all nodes know a direct message again; empty: by nothing.
std::string dispatched_name(std::string_view sender, std::string_view id);

/// The place of a direct message and what became of it.
struct dispatched {
  delivery_status status = delivery_status::sent;
  std::uint64_t seq = 0;
  unix_ms ts = 0;
  bool duplicate = false;
};

/// The rules of one user's presence on this node: sockets, status, watchers, delayed offline, direct messages. No I/O, no
/// clock.
class presence_model {
 public:
  presence_model(const options& o, std::shared_ptr<ledger> book, time_point now);

  /// After a failure: until `offline_delay` is over the user counts as online, so that sockets that report again change
  /// nothing that watchers see.
  void recover(time_point now);

  /// This node has become the user's home, or is it no longer: sockets and watchers are told anew by those who have them.
  void forget_places();
  /// All that another node (or, {}, this one) has of the user. `believed_online`: what that node's watchers were told last; a user
  /// who was believed online and of whom nobody has a socket was there until just now, and is gone after `offline_delay`.
  void on_restore(cluster::node_ref node, const std::vector<place>& sockets, const std::vector<place>& watchers, bool believed_online,
                  time_point now, unix_ms wall);
  /// False: other nodes may have sockets that they have not reported yet; nobody is held to be gone until they have.
  void all_reported(bool yes) { all_reported_ = yes; }
  /// Without a socket, but not offline for sure: whether the user is online will be known soon.
  bool undecided() const { return offline_at_.has_value() || (!online_ && !all_reported_); }
  /// The user was seen then, as another node remembers.
  void seen(unix_ms at);
  /// Direct messages up to this one had their place, as another node remembers.
  void counted(std::uint64_t seq) { book_->seq = std::max(book_->seq, seq); }
  /// A node is gone with its sockets and watchers.
  void on_node_gone(cluster::node_ref node, time_point now, unix_ms wall);

  /// A socket that is known already changes nothing. `wall`: when it happened, on the node of the socket.
  void on_connect(place socket, time_point now, unix_ms wall);
  void on_disconnect(const place& socket, time_point now, unix_ms wall);
  /// True when watchers must be told. An empty word means "online".
  bool on_status(std::string word, time_point now);

  /// Errors: `too_many_watchers`.
  result<state> on_watch(place watcher, time_point now);
  void on_unwatch(const place& watcher, time_point now);

  /// What to do with a direct message of about `bytes` in a namespace. With status `queued` the caller queues it, and says so when that
  /// failed. A message without id is never a duplicate.
  dispatched on_direct(std::string_view sender, std::string_view id, const std::string& nsp, std::size_t bytes,
                       time_point now, unix_ms wall);
  /// The sockets that it was sent to are gone: what to do with it now.
  dispatched on_undelivered(std::string_view sender, std::string_view id, dispatched d, const std::string& nsp, std::size_t bytes, time_point now);
  /// It was not queued: the next one with this id is a new one.
  void forget(std::string_view sender, std::string_view id);
  /// Whether a message of about that size is kept for a user who is away.
  bool may_queue(std::size_t bytes) const;
  /// Whether the user has a socket in the namespace.
  bool is_in(std::string_view nsp) const;
  /// On a node that has sockets of the user and is not the home: a message comes from the home. False: it came before, perhaps from a
  /// former home. `name` is that of `dispatched_name`; an empty one is always new.
  bool on_delivery(std::string name, const dispatched& d, time_point now);

  time_passed on_time(time_point now);
  std::optional<time_point> next_deadline() const;

  state now() const;
  const ledger& book() const { return *book_; }
  const std::vector<place>& sockets() const { return sockets_; }
  const std::vector<place>& watchers() const { return watchers_; }

 private:
  messaging::id_memory<dispatched>& ids();
  delivery_status status_of(const std::string& nsp, std::size_t bytes) const;
  std::optional<time_point> goes_at() const { return all_reported_ ? offline_at_ : std::nullopt; }
  bool unneeded() const { return !online_ && watchers_.empty(); }

  const options* options_;
  std::shared_ptr<ledger> book_;
  std::vector<place> sockets_;
  std::vector<place> watchers_; ///< sorted
  std::string status_ = "online";
  bool online_ = false;
  bool all_reported_ = true;
  std::optional<time_point> offline_at_; ///< while online without a socket
  time_point last_used_;
  std::unique_ptr<messaging::id_memory<dispatched>> ids_;
};

} // namespace troupe::presence
