#include "actors/actor_layer.hpp"

#include "actors/directory.hpp"
#include "actors/parts.hpp"
#include "base/log.hpp"
#include "core/engineio/sid.hpp"
#include "core/room/room_key.hpp"

#include <caf/send.hpp>

namespace troupe::actors {
namespace {

/// A caller's callback that throws must not take an actor along.
template <class... Args>
std::function<void(Args...)> guarded(metrics& counts, std::function<void(Args...)> f) {
  if (!f)
    return {};
  return [&counts, f = std::move(f)](Args... args) {
    try {
      f(std::move(args)...);
    } catch (const std::exception& e) {
      counts.handler_exceptions.add();
      log::error("callback-failed", "what={}", e.what());
    }
  };
}

} // namespace

actor_layer::actor_layer(dependencies d, options o, surroundings s)
  : parts_(std::make_unique<parts>(std::move(d), o, std::move(s))) {}

ports::session_acceptor& actor_layer::acceptor() { return *parts_->acceptor; }

void actor_layer::publish(std::string nsp, logic::publish what, std::function<void(result<published>)> done) {
  if (parts_->stopped)
    return;
  const bool bad = what.room.empty() || what.room.find('\0') != std::string::npos;
  if (bad || what.room.size() > parts_->hub->opts.limit.max_room_name_bytes) {
    if (done)
      done(error{"invalid_room", "a room name has between 1 and "
                                   + std::to_string(parts_->hub->opts.limit.max_room_name_bytes) + " bytes and no NUL"});
    return;
  }
  done = guarded(parts_->hub->counts, std::move(done));
  what.members_only = false;
  what.confirm = false;
  auto key = room_key(nsp, what.room);
  parts_->hub->to_room(std::move(key), room_publish{{}, {}, std::move(what), {}, std::move(done)});
}

void actor_layer::broadcast(selection to, logic::broadcast what) {
  if (parts_->stopped)
    return;
  auto& hub = *parts_->hub;
  hub.counts.events_out.add();
  cluster::wide_message m;
  m.to = {std::move(to.nsp), std::move(to.rooms), std::move(to.except)};
  m.event = std::move(what.event);
  m.args = std::move(what.args);
  m.is_volatile = what.is_volatile;
  m.compress = what.compress;
  hub.to_all_nodes(m);
  hub.carry_out(std::move(m));
}

void actor_layer::broadcast_with_ack(selection to, logic::broadcast what, duration timeout,
                                     std::function<void(ack_summary)> done) {
  if (parts_->stopped)
    return;
  auto& hub = *parts_->hub;
  auto id = hub.acks.open(to.nsp, hub.shards(), guarded(hub.counts, std::move(done)));
  if (!id)
    return;
  hub.counts.events_out.add();
  caf::delayed_anon_send(hub.directories.front(), timeout, broadcast_acks_due{*id});
  auto out = hub.event(to.nsp, what.event, std::move(what.args), hub.frame_flags(what.is_volatile, what.compress), *id);
  hub.spread(hub.target_of(to), std::move(out), [hub = parts_->hub, id = *id](std::size_t n) { hub->acks.on_counted(id, n); });
}

void actor_layer::direct(std::string nsp, logic::direct what, std::function<void(result<direct_outcome>)> done) {
  if (parts_->stopped)
    return;
  auto user = what.user;
  parts_->hub->to_presence(std::move(user), presence_direct{{}, {}, std::move(nsp), std::move(what), {},
                                                                guarded(parts_->hub->counts, std::move(done))});
}

void actor_layer::perform(std::string nsp, std::string socket_id, logic::effects what, std::function<void(bool)> done) {
  auto id = engineio::parse_socket_id(socket_id);
  const bool ours = id && id->node == parts_->hub->opts.node && id->session.shard < parts_->shards.size();
  if (!ours || parts_->stopped) {
    if (done)
      done(false);
    return;
  }
  parts_->hub->to_connection(
    id->session, actors::perform{std::move(nsp), std::move(socket_id), std::move(what),
                                     guarded(parts_->hub->counts, std::move(done))});
}

void actor_layer::control(selection of,
                          std::variant<ports::control_join, ports::control_leave, ports::control_disconnect> command) {
  if (parts_->stopped)
    return;
  using what = cluster::wide_message::what;
  cluster::wide_message m;
  m.to = {std::move(of.nsp), std::move(of.rooms), std::move(of.except)};
  if (auto join = std::get_if<ports::control_join>(&command)) {
    m.kind = what::join;
    m.rooms = std::move(join->rooms);
  } else if (auto leave = std::get_if<ports::control_leave>(&command)) {
    m.kind = what::leave;
    m.rooms = std::move(leave->rooms);
  } else {
    m.kind = what::disconnect;
    m.close_transport = std::get<ports::control_disconnect>(command).close_transport;
  }
  parts_->hub->to_all_nodes(m);
  parts_->hub->carry_out(std::move(m));
}

void actor_layer::list_rooms(std::size_t max, std::function<void(std::vector<room_summary>)> found) {
  auto into = std::make_shared<gather<room_summary>>(max, guarded(parts_->hub->counts, std::move(found)));
  if (!parts_->stopped)
    for (auto& part : parts_->hub->directories)
      caf::anon_send(part, actors::list_rooms{into});
}

void actor_layer::list_members(std::string nsp, std::string room, std::size_t max,
                               std::function<void(std::vector<member_summary>)> found) {
  auto into = std::make_shared<gather<member_summary>>(max, guarded(parts_->hub->counts, std::move(found)));
  if (!parts_->stopped)
    parts_->hub->to_room(room_key(nsp, room), room_list_members{std::move(into)});
}

void actor_layer::list_sockets(selection of, std::size_t max, std::function<void(std::vector<socket_summary>)> found) {
  auto into = std::make_shared<gather<socket_summary>>(max, guarded(parts_->hub->counts, std::move(found)));
  if (!parts_->stopped)
    parts_->hub->to_all_connections(describe_sockets{std::make_shared<const selection>(std::move(of)), std::move(into)});
}

void actor_layer::find_user(std::string user, std::function<void(user_summary)> found) {
  if (parts_->stopped)
    return;
  parts_->hub->to_presence(std::move(user), presence_describe{guarded(parts_->hub->counts, std::move(found))});
}

void actor_layer::drain(bool on, std::shared_ptr<void> done) {
  if (!parts_->stopped && parts_->hub->cluster)
    caf::anon_send(parts_->hub->cluster, drain_slots{on, std::move(done)});
}

} // namespace troupe::actors
