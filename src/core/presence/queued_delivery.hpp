#pragma once

#include "base/time.hpp"
#include "core/presence/presence_model.hpp"
#include "core/presence/waiting.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::presence {

/// Of one user, at the home: when the queue is looked into, which socket is given what waits there, and when direct messages must wait
/// behind it. What waits for a namespace goes to one of the user's sockets there; it is kept until that socket's connection has
/// accepted it (or its client has acknowledged it), and not given a second time to anybody while that socket is there. Pure.
class queued_delivery {
 public:
  struct gift {
    std::uint64_t token = 0;
    place to;
    std::vector<waiting> what; ///< oldest first
  };

  /// `unknown`: nothing is known of the queue. `tokens` gives every reading and gift a number of its own. `each_device`: all messages go
  /// through the queue, and each socket is given what its device has not had; nothing is removed.
  queued_delivery(bool unknown, std::uint64_t& tokens, bool each_device = false)
    : each_device_(each_device), left_(unknown || each_device), tokens_(&tokens) {}

  /// Something was queued.
  void on_pushed() { unread_ = true; }
  void on_socket_came() { unread_ |= left_; }
  /// Whether the queue should be read now: somebody is there for whom there may be something.
  bool wants_to_read(const std::vector<place>& sockets, time_point now) const;
  /// Names the reading that begins.
  std::uint64_t begin_reading();
  /// What waits. Gives the first gift, if there is one. The token may be one of long ago.
  std::optional<gift> on_read(std::uint64_t token, queue_content found, const std::vector<place>& sockets, time_point until);
  /// Then nobody waits for the queue: that comes when it can. It is tried again.
  void on_read_failed(std::uint64_t token, time_point again);
  /// The socket was given it, or was gone. Gives the next gift.
  std::optional<gift> on_given(std::uint64_t token, bool taken, const std::vector<place>& sockets, time_point until);
  void on_socket_gone(const place& socket);
  void on_node_gone(cluster::node_ref node);
  /// An answer that did not come: the socket's node knows what it had already, so it is given again.
  void on_time(time_point now);
  std::optional<time_point> next_deadline() const;

  /// Direct messages to the user's sockets wait meanwhile.
  bool busy() const { return reading_ != 0 || giving_; }
  /// Nothing waits, as far as is known, and nothing is to be remembered.
  bool at_rest() const { return !busy() && !unread_ && !left_ && given_.empty(); }

 private:
  std::optional<gift> next_gift(const std::vector<place>& sockets, time_point until);
  std::optional<gift> gift_for_first(const std::vector<place>& sockets);
  std::optional<gift> gift_for_device(const std::vector<place>& sockets);
  bool was_given(const std::string& id) const;

  bool each_device_;
  bool left_;                              ///< something may be in the queue that nobody here can be given
  bool unread_ = false;                    ///< something may be in the queue for somebody here
  std::uint64_t* tokens_;
  std::uint64_t reading_ = 0;              ///< token; 0: nobody reads
  std::optional<gift> giving_;             ///< its `what` holds the ids only
  time_point until_{};                     ///< of giving_
  std::vector<waiting> rest_;              ///< read, and not given yet
  std::map<std::string, std::string> had_; ///< device -> last id, as it was read with these
  std::map<place, std::string> cursors_;   ///< socket -> id up to which it was given everything (each_device)
  std::vector<std::pair<std::string, place>> given_; ///< ids that may still be in the queue, and who has them
  std::optional<time_point> again_;        ///< when to read again after a failure
};

} // namespace troupe::presence
