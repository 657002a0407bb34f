#pragma once

#include "base/time.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/recovery/offset.hpp"
#include "core/recovery/place.hpp"
#include "core/session_ref.hpp"

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::recovery {

/// One life of a session on one node: a client that comes back has another one.
struct stay {
  cluster::node_ref node;
  session_ref session;

  bool operator==(const stay&) const = default;
};

/// A session in a room.
struct membership {
  place since;      ///< after this one it joined, or its last recovery began
  place made_up_to; ///< the last message that its last recovery made up for

  bool operator==(const membership&) const = default;
};

/// What a socket needs to come back as the same one: kept outside the node from its CONNECT on, so that it outlives the node.
struct session_record {
  std::string sid;               ///< its socket id
  std::string nsp;
  std::string user;              ///< who it was; another one may not take it over
  bool guest = false;            ///< `user` was made up: a guest who comes back is this one
  std::vector<stay> stays;       ///< where it has been, the present one last; at most `max_stays`
  std::map<std::string, membership> rooms; ///< by name
  std::optional<offset> shown;   ///< what the client showed at its last recovery

  bool operator==(const session_record&) const = default;

  static constexpr std::size_t max_stays = 32;
};

/// For stores that keep bytes. Nothing when they are not what `encode` wrote.
std::string encode(const session_record& r);
std::optional<session_record> decode_record(std::string_view bytes);
std::string encode(const stay& s);

} // namespace troupe::recovery
