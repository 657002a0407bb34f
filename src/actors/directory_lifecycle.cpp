// Failures and the stop: what a directory part does when its actors end.

#include "actors/directory.hpp"
#include "actors/hub.hpp"
#include "actors/presence_actor.hpp"
#include "actors/query_actor.hpp"
#include "actors/room_actor.hpp"
#include "base/log.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace troupe::actors {
namespace {

constexpr unsigned max_failures = 5;       // restarts of one room or presence
constexpr duration failure_window{10'000}; // within this time

bool is_failure(const caf::error& reason) {
  return reason && reason != caf::exit_reason::user_shutdown && reason != caf::exit_reason::normal;
}

/// Counts a failure; true when there were too many to try again.
template <class Entry>
bool hopeless(Entry& e, time_point now) {
  if (e.failures == 0 || now - e.first_failure > failure_window) {
    e.failures = 0;
    e.first_failure = now;
  }
  return ++e.failures > max_failures;
}

} // namespace

void directory::watch(const caf::actor& entry) {
  monitor(entry);
  ++alive_;
}

void directory::start_queries() {
  queries_ = home_->system.spawn<query_actor>(*home_);
  watch(queries_);
}

void directory::on_down(const caf::down_msg& m) {
  --alive_;
  if (ending_) {
    if (alive_ == 0)
      quit(caf::exit_reason::user_shutdown);
    return;
  }
  if (!is_failure(m.reason))
    return;
  if (m.source == queries_) {
    hub().counts.actor_restarts.add();
    return start_queries();
  }
  if (auto r = rooms_.find_actor(m.source))
    restart_room(r->first, r->second);
  else if (auto p = presences_.find_actor(m.source))
    restart_presence(p->first, p->second);
}

void directory::forget_room(const rooms::entry& e) {
  if (e.book->replica)
    home_->room_numbers_used = std::max(home_->room_numbers_used, e.book->replica->numbers_used());
  hub().counts.rooms.sub();
  if (e.book->is_document)
    hub().counts.documents.sub();
}

/// Where the room's kind wants it. What cannot be deleted now expires with the log.
void directory::delete_history(const std::string& key, const rooms::entry& e) {
  const auto end = e.book->replica && hub().kind_of(key).delete_with_room ? e.book->replica->log_end() : std::nullopt;
  if (!end)
    return;
  if (hub().misses_nodes())
    return hub().counts.histories_left.add(); // there may be members that this node does not know of
  hub().log->remove(key, *end, [hub = hub().shared_from_this()](const result<bool>& r) {
    if (r && *r)
      hub->counts.histories_deleted.add();
    else if (!r)
      hub->counts.histories_left.add();
  });
}

void directory::restart_room(const std::string& key, rooms::entry& e) {
  if (hopeless(e, now()))
    return give_up_room(key);
  hub().counts.actor_restarts.add();
  e.actor = home_->system.spawn<room_actor, caf::lazy_init>(*home_, key, e.book);
  watch(e.actor);
  e.forwarded = 1;
  caf::anon_send(e.actor, room_op{room_recover{}});
}

void directory::restart_presence(const std::string& user, presences::entry& e) {
  if (hopeless(e, now()))
    e.book = std::make_shared<presence::ledger>(); // what it keeps may be what kills it
  hub().counts.actor_restarts.add();
  e.actor = home_->system.spawn<presence_actor, caf::lazy_init>(*home_, user, e.book);
  watch(e.actor);
  e.forwarded = 1;
  caf::anon_send(e.actor, presence_op{presence_recover{}});
}

void directory::give_up_room(const std::string& key) {
  log::error("room-given-up", "key={} failures={}: its members are disconnected to join afresh", key, max_failures);
  for (std::uint16_t s = 0; s < hub().shards(); ++s)
    hub().egress.submit(s, ports::list_members{key, [hub = hub().shared_from_this()](std::vector<session_ref> found) {
                          for (auto who : found)
                            hub->egress.submit(who.shard, ports::close_session{who});
                        }});
  forget_room(*rooms_.find(key));
  rooms_.erase(std::string(key)); // `key` may be the table's own
}

void directory::on(const close_connections& m) {
  home_->stopping = true;
  connections_closed_ = m.done;
  home_->connections.for_each([](const caf::actor& c) {
    caf::anon_send(c, connection_op{session_over{engineio::close_reason::server_shutting_down}});
  });
  release_closed();
}

void directory::on(connection_ended) { release_closed(); }

void directory::release_closed() {
  if (home_->connections.size() == 0)
    connections_closed_.reset();
}

void directory::on(const end_entries&) {
  ending_ = true;
  for (auto& [key, e] : rooms_) {
    forget_room(e);
    caf::anon_send_exit(e.actor, caf::exit_reason::user_shutdown);
  }
  for (auto& [user, e] : presences_)
    caf::anon_send_exit(e.actor, caf::exit_reason::user_shutdown);
  hub().counts.presences.sub(static_cast<std::int64_t>(presences_.size()));
  if (queries_)
    caf::anon_send_exit(queries_, caf::exit_reason::user_shutdown);
  queries_ = nullptr;
  rooms_ = {};
  presences_ = {};
  if (alive_ == 0)
    quit(caf::exit_reason::user_shutdown);
}

} // namespace troupe::actors
