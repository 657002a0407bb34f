#pragma once

#include <string>
#include <vector>

namespace troupe::logic {

/// One event that a team adds without C++ (section `events.rules` of the configuration, docs/events.md).
struct event_rule {
  std::string name;                        ///< what the client sends
  std::vector<std::string> roles;          ///< any of these; empty: everybody
  std::vector<std::string> permissions;    ///< all of these
  std::string to = "room";                 ///< room, user, sender, namespace, or none
  std::string target_field;                ///< member of the first argument that names the room or user; default "room" / "to"
  std::string emit;                        ///< event name the receivers see; empty: same as `name`
  bool members_only = true;                ///< for rooms: the sender must be a member
  bool include_sender = false;
  bool is_volatile = false;                ///< key "volatile"
  bool stamp = true;                       ///< adds from, ts and (rooms and users) seq to the object
  std::vector<std::string> require;        ///< members the first argument must have
  std::string level = "home";              ///< for rooms: how safe a message must be to be acknowledged (room::safety)
  std::string log_topic;                   ///< also recorded in the event log under this topic
};

} // namespace troupe::logic
