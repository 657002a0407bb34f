#pragma once
// What nodes say to each other about a user. The home of the user's slot keeps the user's presence; every other node that has
// sockets or watchers of the user has a replica, which passes on what happens there and carries out what the home says. Everything is
// said under an epoch: to the home of that epoch, or by it.

#include "base/error.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/logic/effects.hpp"
#include "core/presence/beliefs.hpp"
#include "core/presence/presence_model.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::presence {

// -- to the home --

/// Everything that the node has of the user; takes the place of what it said before. `believed`: by its watchers, if it knows.
struct restore {
  std::vector<place> sockets;
  std::vector<place> watchers;
  std::string status;
  std::optional<unix_ms> last_seen;
  std::optional<belief> believed;
  std::uint64_t seq = 0;       ///< of the last direct message that it knows of
};
/// Wishes; those with a number are answered by `done`. `at`: when it happened, there.
struct attach { place socket; unix_ms at = 0; };
struct detach { place socket; unix_ms at = 0; };
struct say { std::string status; };
struct watch { std::uint64_t number = 0; place watcher; };
struct unwatch { place watcher; };
struct send {
  std::uint64_t number = 0;
  std::string from, nsp;
  logic::direct what;
};
struct describe { std::uint64_t number = 0; };
/// A node died that had a socket of the user.
struct bereft {};
/// The answer to `give`: the socket has it, or is gone.
struct given { std::uint64_t token = 0; bool taken = false; };
/// Something was queued by a node that is the home no longer.
struct look {};
/// The answer to `tell`: the node has handed the message to its sockets, or had before.
struct told { std::uint64_t token = 0; };

// -- from the home --

/// The answer to the wish of this number: a state, or what became of a message.
struct done {
  std::uint64_t number = 0;
  std::optional<error> failed;
  std::string text;            ///< `watch`: presence::state_text
  state now;                   ///< `watch`, `describe`
  std::uint64_t sockets = 0;   ///< `describe`
  delivery_status status = delivery_status::sent;
  unix_ms ts = 0;
  bool duplicate = false;
};
/// A direct message for sockets of the user on that node. `name`: see dispatched_name.
struct tell {
  std::string name;
  std::uint64_t seq = 0;
  unix_ms ts = 0;
  std::vector<session_ref> sessions;
  std::string nsp;
  std::string data;            ///< the event's data array
  std::vector<std::string> attachments;
  std::uint64_t token = 0;     ///< 0: nothing is to be answered
};
/// How the user is now, for these watchers on that node; the node knows what of it is news to them.
struct became {
  state now;
  std::vector<place> watchers;
};

/// What waited for the user, for one socket.
struct give {
  std::uint64_t token = 0;
  place socket;
  std::vector<waiting> what;
};

using message = std::variant<restore, attach, detach, say, watch, unwatch, send, describe, done, tell, became, bereft, give, given, look, told>;
struct letter {
  std::uint64_t epoch = 0;
  message body;
};
/// Else it comes from the home.
bool is_for_home(const message& m);

std::string encode(const letter& l);
/// Nothing when the bytes are not exactly one letter.
std::optional<letter> decode(std::string_view bytes);
/// Whether a home must have this even for a user it knows nothing of.
bool needs_home(std::string_view bytes);

} // namespace troupe::presence
