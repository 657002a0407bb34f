// What the node's actors have, what the store says of it, and what dead nodes left there.

#include "actors/gather.hpp"
#include "actors/hub.hpp"
#include "actors/keys_actor.hpp"
#include "base/log.hpp"
#include "core/presence/presence_texts.hpp"
#include "core/room/room_key.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace troupe::actors {
namespace {

using cluster::key_kind;

/// How long the node that takes a dead one's entries away keeps others from it.
constexpr duration reaping{10'000};

} // namespace

void keys_actor::look(seen then) {
  collect_truth([this, then = std::move(then)](cluster::node_truth t) { read_node(std::move(t), then); });
}

void keys_actor::collect_truth(std::function<void(cluster::node_truth)> then) {
  auto found = back<std::vector<socket_entry>>([this, then = std::move(then)](std::vector<socket_entry> sockets) {
    cluster::node_truth t;
    t.node = record_.node();
    t.number = number_;
    t.presence = record_.present_users();
    for (auto& s : sockets) {
      for (auto& room : s.rooms)
        t.rooms[cluster::public_room(room_key(s.nsp, room))].insert(s.id);
      t.sockets[std::move(s.id)] = std::move(s.user);
    }
    then(std::move(t));
  });
  auto all = std::make_shared<gather<socket_entry>>(std::numeric_limits<std::size_t>::max(), std::move(found));
  hub_->to_all_connections(report_sockets{std::move(all)});
}

void keys_actor::read_node(cluster::node_truth truth, seen then) {
  std::vector<ports::public_keys::key> own{{key_kind::connections, truth.node}, {key_kind::node_rooms, truth.node}};
  read_all(std::move(own), [this, truth = std::move(truth), then = std::move(then)](result<contents> first) {
    if (!first)
      return then(std::nullopt);
    auto s = std::make_shared<sight>();
    s->truth = truth;
    s->stored.connections = std::move((*first)[0]);
    s->stored.rooms = std::move((*first)[1]);
    auto keys = cluster::keys_to_read(s->truth, s->stored);
    read_all(keys, [s, keys, then](result<contents> rest) {
      if (!rest)
        return then(std::nullopt);
      for (std::size_t i = 0; i < keys.size(); ++i) {
        auto& [kind, id] = keys[i];
        auto& content = (*rest)[i];
        if (kind == key_kind::presence && !content.empty())
          s->stored.presence[id] = content.begin()->second;
        else if (kind == key_kind::user_sockets)
          s->stored.user_sockets[id] = std::move(content);
        else if (kind == key_kind::room)
          s->stored.room_members[id] = std::move(content);
      }
      s->wrong = cluster::differences(s->truth, s->stored);
      then(std::move(*s));
    });
  });
}

void keys_actor::read_all(std::vector<ports::public_keys::key> keys, std::function<void(result<contents>)> then) {
  read_rest(std::move(keys), {}, std::move(then));
}

void keys_actor::read_rest(std::vector<ports::public_keys::key> keys, contents so_far, std::function<void(result<contents>)> then) {
  if (so_far.size() == keys.size())
    return then(std::move(so_far));
  const auto from = keys.begin() + static_cast<std::ptrdiff_t>(so_far.size());
  const auto n = std::min(record_.options().commands_at_once, keys.size() - so_far.size());
  std::vector<ports::public_keys::key> part(from, from + static_cast<std::ptrdiff_t>(n));
  auto rest = [this, keys = std::move(keys), so_far = std::move(so_far), then = std::move(then)](result<contents> r) mutable {
    if (!r)
      return then(r.error());
    so_far.insert(so_far.end(), std::make_move_iterator(r->begin()), std::make_move_iterator(r->end()));
    read_rest(std::move(keys), std::move(so_far), std::move(then));
  };
  store_.read(std::move(part), back<result<contents>>(std::move(rest)));
}

void keys_actor::living(std::function<void(std::optional<ports::registry_view>)> then) {
  registry_.read(back<result<ports::registry_view>>([then = std::move(then)](result<ports::registry_view> r) {
    then(r ? std::optional(std::move(*r)) : std::nullopt);
  }));
}

void keys_actor::reap(const std::string& id, std::function<void(std::size_t)> then) {
  store_.once("reap:" + id, reaping, back<result<bool>>([this, id, then = std::move(then)](result<bool> mine) {
    if (!mine || !*mine)
      return then(0); // another node does it; or the next check will
    take_away(id, then);
  }));
}

/// First what is stored is read, then who lives: whoever writes has a lease before.
void keys_actor::take_away(const std::string& id, std::function<void(std::size_t)> then) {
  cluster::node_truth gone;
  gone.node = id;
  read_node(std::move(gone), [this, id, then = std::move(then)](std::optional<sight> s) {
    if (!s)
      return then(0);
    living([this, id, then, s = std::make_shared<sight>(std::move(*s))](std::optional<ports::registry_view> now) {
      std::set<std::uint16_t> numbers;
      bool back_again = !now;
      for (auto& n : now ? now->nodes : std::vector<ports::seen_node>()) {
        numbers.insert(n.node.number);
        back_again |= n.node.id == id; // it corrects its keys by itself
      }
      if (back_again)
        return then(0);
      s->truth.survivors = std::move(numbers);
      tell_homes_of(s->stored);
      auto wrong = cluster::differences(s->truth, s->stored);
      const auto n = wrong.size();
      wrong.push_back({{key_kind::servers, {}, id}, false, {}, {}});
      record_.add_older(std::move(wrong));
      record_.counts.nodes_reaped.fetch_add(1, std::memory_order_relaxed);
      record_.counts.entries_reaped.fetch_add(n, std::memory_order_relaxed);
      log::info("keys-reaped", "peer={} entries={}", id, n);
      flush();
      then(n);
    });
  });
}

void keys_actor::tell_homes_of(const cluster::node_stored& left_behind) {
  std::set<std::string> users;
  for (auto& [socket, user] : left_behind.connections)
    if (!user.empty() && users.insert(user).second)
      hub_->to_presence(user, presence_bereft{});
}

void keys_actor::on(const keys_last_seen& m) {
  auto found = [this, user = m.user](result<contents> r) {
    presence_remembered answer;
    if (r && !r->front().empty())
      answer.last_seen = presence::last_seen_in(r->front().begin()->second);
    hub_->to_presence(user, answer);
  };
  store_.read({{key_kind::presence, m.user}}, back<result<contents>>(std::move(found)));
}

} // namespace troupe::actors
