#include "actors/actor_layer.hpp"

#include "actors/directory.hpp"
#include "actors/guarded.hpp"
#include "actors/history.hpp"
#include "actors/parts.hpp"
#include "core/cluster/slots.hpp"
#include "core/room/room_key.hpp"

#include <caf/send.hpp>

namespace troupe::actors {

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
  if (!to.here_only)
    hub.to_all_nodes(m);
  hub.carry_out(std::move(m));
}

void actor_layer::direct(std::string nsp, logic::direct what, std::function<void(result<direct_outcome>)> done) {
  if (parts_->stopped)
    return;
  auto user = what.user;
  parts_->hub->to_presence(std::move(user), presence_direct{{}, {}, std::move(nsp), std::move(what), {},
                                                                guarded(parts_->hub->counts, std::move(done))});
}

void actor_layer::find_user(std::string user, std::function<void(user_summary)> found) {
  if (parts_->stopped)
    return;
  parts_->hub->to_presence(std::move(user), presence_describe{guarded(parts_->hub->counts, std::move(found))});
}

void actor_layer::read_history(std::string nsp, std::string room, room::history_query what,
                               std::function<void(result<room::history_page>)> done) {
  if (!parts_->stopped)
    actors::read_history(*parts_->hub, room_key(nsp, room), what, guarded(parts_->hub->counts, std::move(done)));
}

bool actor_layer::examine(bool repair, std::function<void(doctor_outcome)> done) {
  if (parts_->stopped || !parts_->hub->keys)
    return false;
  caf::anon_send(parts_->hub->keys, keys_check{repair, guarded(parts_->hub->counts, std::move(done))});
  return true;
}

const keys_metrics* actor_layer::keys_counters() const { return parts_->hub->record ? &parts_->hub->record->counts : nullptr; }

void actor_layer::pin(std::string nsp, std::string room, std::string node, std::function<void(result<bool>)> done) {
  if (parts_->stopped || !parts_->hub->cluster)
    return done(error{"no_cluster", "this node has no cluster, so all rooms live on it"});
  const auto key = room_key(nsp, room);
  caf::anon_send(parts_->hub->cluster, pin_slot{cluster::slot_of(key), {std::move(node), cluster::public_room(key)}, std::move(done)});
}

void actor_layer::drain(bool on, std::shared_ptr<void> done) {
  if (!parts_->stopped && parts_->hub->cluster)
    caf::anon_send(parts_->hub->cluster, drain_slots{on, std::move(done)});
}

} // namespace troupe::actors
