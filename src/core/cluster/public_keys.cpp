#include "core/cluster/public_keys.hpp"

#include "core/engineio/sid.hpp"
#include "core/room/room_key.hpp"

#include <algorithm>
#include <array>

namespace troupe::cluster {
namespace {

struct spelled {
  std::string_view name, stem, suffix;
};
constexpr std::array<spelled, key_kinds> spellings{{
  spelled{"servers", "servers", ""},
  spelled{"connections", "connections:", ""},
  spelled{"node_rooms", "rooms:", ""},
  spelled{"user_sockets", "user:", ":sockets"},
  spelled{"room", "room:", ""},
  spelled{"presence", "presence:", ""},
  spelled{"typing", "typing:", ""},
}};

const spelled& spelling(key_kind k) { return spellings[static_cast<std::size_t>(k)]; }

/// The node's number in the id of a socket; nothing when it is no such id.
std::optional<std::uint16_t> number_of(std::string_view socket) {
  const auto id = engineio::parse_socket_id(socket);
  return id ? std::optional(id->node) : std::nullopt;
}

using changes = std::vector<key_change>;

void add(changes& to, key_kind kind, const std::string& id, const std::string& member, std::string value = {}) {
  to.push_back({{kind, id, member}, true, std::move(value), {}});
}
void take_away(changes& to, key_kind kind, const std::string& id, const std::string& member) {
  to.push_back({{kind, id, member}, false, {}, {}});
}

/// A set of sockets of which only those of the node concern us.
void compare_sockets(changes& to, key_kind kind, const std::string& id, const std::set<std::string>& is, const key_content& stored,
                     const auto& of_the_node) {
  for (auto& socket : is)
    if (!stored.contains(socket))
      add(to, kind, id, socket);
  for (auto& [socket, nothing] : stored)
    if (!is.contains(socket) && of_the_node(socket))
      take_away(to, kind, id, socket);
}

/// The key's content; nothing there is nothing.
const key_content& content_of(const std::map<std::string, key_content>& all, const std::string& id) {
  static const key_content none;
  const auto found = all.find(id);
  return found == all.end() ? none : found->second;
}

} // namespace

std::string_view to_string(key_kind k) { return spelling(k).name; }
std::string_view key_stem(key_kind k) { return spelling(k).stem; }
std::string_view key_suffix(key_kind k) { return spelling(k).suffix; }

std::string key_name(key_kind k, std::string_view id) {
  std::string name(spelling(k).stem);
  return name.append(id).append(spelling(k).suffix);
}

std::string public_room(std::string_view key) {
  const auto nsp = nsp_of(key), room = room_of(key);
  if (nsp == "/" && !room.starts_with('/'))
    return std::string(room);
  return std::string(nsp).append(",").append(room);
}

std::string room_key_of_public(std::string_view name) {
  const auto comma = name.find(',');
  if (!name.starts_with('/') || comma == name.npos)
    return room_key("/", name);
  return room_key(name.substr(0, comma), name.substr(comma + 1));
}

// -- changes on their way --

bool key_outbox::put(key_change c) {
  if (waiting_.size() >= bound_ + beyond_ && !waiting_.contains(c.at)) {
    clear();
    return false;
  }
  const auto [at, added] = waiting_.insert_or_assign(std::move(c.at), what{c.present, std::move(c.value), c.ttl});
  coalesced_ += !added;
  return true;
}

void key_outbox::put_if_absent(key_change c) {
  beyond_ += waiting_.try_emplace(std::move(c.at), what{c.present, std::move(c.value), c.ttl}).second;
}

std::vector<key_change> key_outbox::take(std::size_t most) {
  std::vector<key_change> batch;
  while (!waiting_.empty() && batch.size() < most) {
    auto first = waiting_.extract(waiting_.begin());
    auto& w = first.mapped();
    batch.push_back({std::move(first.key()), w.present, std::move(w.value), w.ttl});
  }
  if (waiting_.empty())
    beyond_ = 0;
  return batch;
}

// -- what is, and what is stored --

std::map<std::string, std::set<std::string>> node_truth::users() const {
  std::map<std::string, std::set<std::string>> all;
  for (auto& [socket, user] : sockets)
    if (!user.empty())
      all[user].insert(socket);
  return all;
}

std::vector<std::pair<key_kind, std::string>> keys_to_read(const node_truth& t, const node_stored& s) {
  std::set<std::pair<key_kind, std::string>> keys;
  for (auto* sockets : {&t.sockets, &s.connections})
    for (auto& [socket, user] : *sockets)
      if (!user.empty())
        keys.emplace(key_kind::user_sockets, user);
  for (auto& [room, members] : t.rooms)
    keys.emplace(key_kind::room, room);
  for (auto& [room, nothing] : s.rooms)
    keys.emplace(key_kind::room, room);
  for (auto& [user, object] : t.presence)
    keys.emplace(key_kind::presence, user);
  return {keys.begin(), keys.end()};
}

std::vector<key_change> differences(const node_truth& t, const node_stored& s) {
  changes all;
  const auto of_the_node = [&](const std::string& socket) {
    const auto number = number_of(socket);
    if (t.survivors)
      return !number || !t.survivors->contains(*number);
    return number == t.number || s.connections.contains(socket);
  };
  for (auto& [socket, user] : t.sockets)
    if (const auto held = s.connections.find(socket); held == s.connections.end() || held->second != user)
      add(all, key_kind::connections, t.node, socket, user);
  for (auto& [socket, user] : s.connections)
    if (!t.sockets.contains(socket) && of_the_node(socket))
      take_away(all, key_kind::connections, t.node, socket);
  const auto users = t.users();
  std::set<std::string> names;
  for (auto& [user, sockets] : users)
    names.insert(user);
  for (auto& [user, content] : s.user_sockets)
    names.insert(user);
  for (auto& user : names) {
    const auto is = users.find(user);
    compare_sockets(all, key_kind::user_sockets, user, is == users.end() ? std::set<std::string>{} : is->second,
                    content_of(s.user_sockets, user), of_the_node);
  }
  for (auto& [room, members] : t.rooms) {
    compare_sockets(all, key_kind::room, room, members, content_of(s.room_members, room), of_the_node);
    if (!s.rooms.contains(room))
      add(all, key_kind::node_rooms, t.node, room);
  }
  for (auto& [room, nothing] : s.rooms)
    if (!t.rooms.contains(room)) {
      compare_sockets(all, key_kind::room, room, {}, content_of(s.room_members, room), of_the_node);
      take_away(all, key_kind::node_rooms, t.node, room);
    }
  for (auto& [user, object] : t.presence)
    if (const auto held = s.presence.find(user); held == s.presence.end() || held->second != object)
      add(all, key_kind::presence, user, "", object);
  return all;
}

std::vector<key_change> strays(const std::map<std::pair<key_kind, std::string>, key_content>& contents,
                               const std::set<std::uint16_t>& numbers) {
  changes all;
  for (auto& [key, content] : contents)
    for (auto& [socket, value] : content)
      if (const auto number = number_of(socket); !number || !numbers.contains(*number))
        take_away(all, key.first, key.second, socket);
  return all;
}

std::vector<key_change> confirmed(const std::vector<key_change>& before, std::vector<key_change> again) {
  std::map<key_entry, bool> seen;
  for (auto& c : before)
    seen.emplace(c.at, c.present);
  std::erase_if(again, [&](auto& c) {
    const auto first = seen.find(c.at);
    return first == seen.end() || first->second != c.present;
  });
  return again;
}

} // namespace troupe::cluster
