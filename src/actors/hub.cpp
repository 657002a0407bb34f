#include "actors/hub.hpp"

#include "base/random.hpp"
#include "core/cluster/envelope.hpp"
#include "core/cluster/wire.hpp"
#include "core/engineio/sid.hpp"
#include "core/name_pattern.hpp"
#include "core/room/room_key.hpp"
#include "core/socketio/encoder.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe::actors {

hub::hub(const dependencies& d, const options& o, surroundings s)
  : egress(d.egress), authenticator(d.authenticator), namespaces(d.namespaces), counts(d.counts), opts(o),
    around(std::move(s)), mark(recovery::sender_mark(o.me)), heard_(o.recovery.settling) {}

const room_kind& hub::kind_of(std::string_view room_key) const {
  for (auto& rule : opts.room_rules)
    if (matches(rule.nsp, nsp_of(room_key)) && matches(rule.match, room_of(room_key)))
      return rule.kind;
  return opts;
}

std::array<unsigned char, 5> hub::random5() const {
  std::array<unsigned char, 5> bytes{};
  if (around.random)
    around.random(bytes.data(), bytes.size());
  else
    fill_random(bytes.data(), bytes.size());
  return bytes;
}

std::uint16_t hub::home_of(std::string_view key) const {
  return static_cast<std::uint16_t>(std::hash<std::string_view>{}(key) % directories.size());
}

void hub::to_room(std::string key, room_op what) {
  if (directories.empty())
    return; // an answer of Redis that comes after the end
  auto& part = directories[home_of(key)];
  caf::anon_send(part, actors::to_room{std::move(key), std::move(what)});
}

void hub::to_presence(std::string user, presence_op what) {
  if (directories.empty())
    return;
  auto& part = directories[home_of(user)];
  caf::anon_send(part, actors::to_presence{std::move(user), std::move(what)});
}

void hub::to_connection(session_ref who, connection_op what) {
  if (who.shard < directories.size())
    caf::anon_send(directories[who.shard], actors::to_connection{who, std::move(what)});
}

void hub::to_all_connections(const connection_op& what) {
  for (auto& part : directories)
    caf::anon_send(part, actors::to_all_connections{what});
}

void hub::to_queries(query_op what) {
  if (!directories.empty())
    caf::anon_send(directories.front(), actors::to_queries{std::move(what)});
}

frame_options hub::frame_flags(bool is_volatile, bool compress) const {
  return {is_volatile, compress, opts.deflate && compress, opts.deflate_threshold};
}

outbound_ptr hub::event(std::string_view nsp, std::string_view name, logic::arguments args, frame_options flags,
                        ack_id ack) const {
  socketio::packet p;
  p.type = socketio::packet_type::event;
  p.nsp = nsp;
  p.id = ack;
  p.data = socketio::event_data(name, args.json);
  p.attachments = std::move(args.attachments);
  close_text(p);
  return build_outbound(std::move(p), flags);
}

outbound_ptr hub::message(std::string_view nsp, std::string_view name, logic::arguments args) const {
  socketio::packet p;
  p.nsp = nsp;
  p.data = socketio::event_data(name, args.json);
  p.attachments = std::move(args.attachments);
  return build_outbound(std::move(p), frame_flags());
}

void hub::close_text(socketio::packet& p) const {
  if (recovery::ends_in_text(p.data) && recovers(p.nsp))
    p.data = recovery::close_text(std::move(p.data), settled(), mark);
}

void hub::tell(session_ref who, outbound_ptr what) { egress.submit(who.shard, ports::send_to{who, std::move(what)}); }

void hub::tell_all(const std::vector<session_ref>& who, const outbound_ptr& what) {
  if (who.size() == 1)
    return tell(who.front(), what);
  ports::target to;
  to.sessions = who;
  spread(std::move(to), what);
}

void hub::answer(session_ref who, std::string_view nsp, ack_id ack, std::string object) {
  answer(who, nsp, ack, logic::arguments{std::move(object), {}});
}

void hub::answer(session_ref who, std::string_view nsp, ack_id ack, logic::arguments args) {
  if (!ack)
    return;
  counts.acks_out.add();
  socketio::packet p;
  p.type = socketio::packet_type::ack;
  p.nsp = nsp;
  p.id = ack;
  p.data = '[' + std::move(args.json) + ']';
  p.attachments = std::move(args.attachments);
  tell(who, build_outbound(std::move(p), frame_flags()));
}

void hub::spread(ports::target to, outbound_ptr what, const std::function<void(std::size_t)>& counted) {
  auto shared = std::make_shared<const ports::target>(std::move(to));
  for (std::uint16_t s = 0; s < shards(); ++s)
    egress.submit(s, ports::fan_out{shared, what, counted});
}

ports::target hub::target_of(const selection& s) const {
  ports::target t;
  // A room may be called like a socket: whatever reads as an id of this node is asked for both ways, and a reference to no
  // session selects nobody.
  auto sort = [&](const std::vector<std::string>& names, std::vector<std::string>& room_keys, std::vector<session_ref>& refs) {
    for (auto& name : names) {
      room_keys.push_back(room_key(s.nsp, name));
      if (auto id = engineio::parse_socket_id(name); id && id->node == opts.node)
        refs.push_back(id->session);
    }
  };
  sort(s.rooms, t.rooms, t.sessions);
  sort(s.except, t.except, t.except_sessions);
  if (s.rooms.empty())
    t.rooms.push_back(room_key(s.nsp, ""));
  return t;
}

bool hub::recovers(std::string_view nsp) const {
  auto& all = opts.recovery.namespaces;
  return sessions && std::find(all.begin(), all.end(), nsp) != all.end();
}

unix_ms hub::settled() const {
  const auto now = wall();
  const auto until = std::min({now, heard_until_.load(std::memory_order_relaxed), late.since(now).value_or(now)});
  return until - opts.recovery.settling.count();
}

void hub::tell_placed() {
  constexpr unix_ms pause = 100;
  const auto now = wall();
  if (!links || (now >= told_placed_ && now - told_placed_ < pause))
    return;
  told_placed_ = now;
  std::string payload;
  cluster::wire::put(payload, static_cast<std::uint64_t>(late.since(now).value_or(now)));
  const auto bytes = cluster::sealed(cluster::addressee::placed, "", payload);
  for (auto& p : peers())
    if (p.linked)
      links->send(p.id, bytes);
  std::lock_guard lock(peers_mutex_);
  heard_until_.store(heard_.until(now), std::memory_order_relaxed);
}

void hub::know_placed(const std::string& node, std::string_view payload) {
  cluster::wire::reader in(payload);
  const auto until = static_cast<unix_ms>(in.number());
  if (!in.done() || until <= 0)
    return;
  std::lock_guard lock(peers_mutex_);
  heard_.on_placed(node, until);
  heard_until_.store(heard_.until(wall()), std::memory_order_relaxed);
}

void hub::give_up_session(const cluster::give_up_session& q, std::function<void(std::optional<recovery::places_before>)> told) {
  to_connection(q.session, taken_over{q.nsp, q.socket_id});
  const bool asked = q.event.room != 0 && q.session.shard < shards();
  if (!asked)
    return told(std::nullopt);
  egress.submit(q.session.shard, ports::ask_journal{q.event, q.rooms, std::move(told)});
}

void hub::leave_journals(const std::shared_ptr<void>& done) {
  for (std::uint16_t s = 0; s < shards(); ++s)
    egress.submit(s, ports::copy_journal{[hub = shared_from_this(), s, done](std::string bytes) {
                    hub->sessions->save_journal({hub->opts.me, s}, std::move(bytes), [done] {});
                  }});
}

void hub::tell_cluster(higher_epoch_seen m) {
  if (cluster)
    caf::anon_send(cluster, m);
}

void hub::know_peer(const ports::link_peer& p, bool linked) {
  const cluster::node_ref ref{p.number, p.incarnation};
  std::lock_guard lock(peers_mutex_);
  if (linked) {
    auto& known = peers_[p.node];
    const bool same = known.ref == ref;
    known = {p.node, ref, true, same && known.alive};
    heard_.on_link_up(p.node, wall());
  } else if (const auto i = peers_.find(p.node); i != peers_.end() && i->second.ref == ref) {
    i->second.linked = false;
    heard_.on_link_down(p.node, wall());
    forget_if_gone(p.node);
  }
}

void hub::forget_if_gone(const std::string& id) {
  if (const auto& p = peers_.at(id); !p.linked && !p.alive)
    peers_.erase(id);
}

void hub::know_node(const std::string& id, cluster::node_ref ref, bool alive) {
  std::lock_guard lock(peers_mutex_);
  if (alive) {
    auto& known = peers_[id];
    if (known.ref != ref)
      known = {id, ref, false, true};
    known.alive = true;
    heard_.on_alive(id, wall());
  } else if (const auto i = peers_.find(id); i != peers_.end() && i->second.ref == ref) {
    i->second.alive = false;
    heard_.on_gone(id, wall());
    forget_if_gone(id);
  }
}

bool hub::misses_nodes() const {
  std::lock_guard lock(peers_mutex_);
  return std::any_of(peers_.begin(), peers_.end(), [](auto& p) { return p.second.alive && !p.second.linked; });
}

std::vector<hub::peer> hub::peers() const {
  std::vector<peer> list;
  std::lock_guard lock(peers_mutex_);
  list.reserve(peers_.size());
  for (auto& [id, p] : peers_)
    list.push_back(p);
  return list;
}

void hub::to_all_nodes(const cluster::wide_message& m) {
  if (!links)
    return;
  const auto bytes = cluster::sealed(cluster::addressee::wide, "", cluster::encode(m));
  for (auto& p : peers())
    if (p.linked)
      links->send(p.id, bytes);
}

void hub::carry_out(cluster::wide_message m, std::shared_ptr<std::atomic<std::size_t>> reached) {
  using what = cluster::wide_message::what;
  const selection to{std::move(m.to.nsp), std::move(m.to.rooms), std::move(m.to.except), {}, true};
  if (m.kind == what::broadcast)
    return spread(target_of(to), event(to.nsp, m.event, std::move(m.args), frame_flags(m.is_volatile, m.compress)));
  auto command = std::make_shared<ports::control>();
  command->nsp = to.nsp;
  command->reached = std::move(reached);
  if (m.kind == what::join)
    command->command = ports::control_join{std::move(m.rooms)};
  else if (m.kind == what::leave)
    command->command = ports::control_leave{std::move(m.rooms)};
  else
    command->command = ports::control_disconnect{m.close_transport};
  auto target = std::make_shared<const ports::target>(target_of(to));
  for (std::uint16_t s = 0; s < shards(); ++s)
    egress.submit(s, ports::control_all{target, command});
}

std::string to_text(session_ref who) {
  return std::to_string(who.shard) + '.' + std::to_string(who.slot) + '.' + std::to_string(who.generation);
}

} // namespace troupe::actors
