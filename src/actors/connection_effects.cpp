// Carrying out what logic asked for, in order.

#include "actors/history.hpp"
#include "actors/connection.hpp"
#include "actors/hub.hpp"
#include "actors/watch_answer.hpp"
#include "base/log.hpp"
#include "core/messaging/answers.hpp"
#include "core/logic/document_room.hpp"
#include "core/logic/refusals.hpp"
#include "core/room/announcements.hpp"
#include "core/room/room_key.hpp"
#include "core/socketio/encoder.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {
namespace {

/// The ack passes on to somebody who will answer it.
ack_id take(ack_id& ack) { return std::exchange(ack, std::nullopt); }

} // namespace

bool connection::carry_out(socket& s, logic::effects&& what, occasion& o) {
  const auto nsp = s.info.nsp;
  for (auto& effect : what) {
    std::visit([&](auto& e) { apply(s, e, o); }, effect);
    if (find(nsp) != &s)
      return false;
  }
  return true;
}

void connection::apply(socket& s, logic::reply& e, occasion& o) {
  // A late answer names its request; it is the application's business to give it once.
  const bool late = e.ack_id && e.ack_id != o.ack;
  if (auto ack = late ? e.ack_id : take(o.ack))
    send_answer(s.info.nsp, ack, std::move(e.args));
}

void connection::apply(socket& s, logic::emit& e, occasion&) {
  if (e.is_volatile && !hub().egress.writable_now(who_))
    return hub().counts.volatile_dropped.add();
  socketio::packet p;
  p.nsp = s.info.nsp;
  p.data = socketio::event_data(e.event, e.args.json);
  p.attachments = std::move(e.args.attachments);
  hub().close_text(p);
  if (e.on_ack) {
    if (!acks_)
      acks_ = std::make_unique<messaging::ack_table>(hub().opts.limit.max_pending_acks);
    std::optional<time_point> deadline;
    if (e.ack_timeout.count() > 0)
      deadline = now() + e.ack_timeout;
    const auto id = acks_->add(s.info.nsp, e.on_ack, deadline);
    if (!id)
      return call(e.on_ack, error{"too_many_pending_acks", "this client owes too many acknowledgements already"});
    hub().counts.pending_acks.add();
    p.id = *id;
  }
  hub().counts.events_out.add();
  send(p, hub().frame_flags(e.is_volatile, e.compress));
}

std::optional<error> connection::bad_room(std::string_view room) const {
  if (room.empty() || room.find('\0') != std::string_view::npos)
    return error{"invalid_room", "a room name is neither empty nor holds a NUL"};
  if (room.size() > hub().opts.limit.max_room_name_bytes)
    return logic::name_too_long("room", hub().opts.limit.max_room_name_bytes);
  return std::nullopt;
}

std::size_t connection::rooms_joined() const {
  std::size_t n = 0;
  for (auto& s : sockets_)
    n += s->info.rooms.size();
  return n;
}

void connection::apply(socket& s, logic::join& e, occasion& o) {
  if (auto why = bad_room(e.room))
    return refuse(s, o, *why);
  auto& rooms = s.info.rooms;
  if (std::find(rooms.begin(), rooms.end(), e.room) == rooms.end()) {
    const auto most = hub().opts.limit.max_rooms_per_connection;
    if (rooms_joined() >= most)
      return refuse(s, o, {"too_many_rooms", "one connection may be in " + std::to_string(most) + " rooms at most"});
    rooms.push_back(e.room);
    if (hub().record)
      hub().record->joined(room_key(s.info.nsp, e.room), s.info.id);
  }
  room::member who{who_, socket_name(s.info.id), false, s.info.who.user_id};
  send_to_room(room_key(s.info.nsp, e.room),
               room_join{std::move(who), e.announce, e.acknowledge ? take(o.ack) : std::nullopt, false, !s.pid.empty()});
}

void connection::apply(socket& s, logic::leave& e, occasion& o) {
  if (std::erase(s.info.rooms, e.room) > 0 && hub().record)
    hub().record->left(room_key(s.info.nsp, e.room), s.info.id);
  if (s.kept && s.kept->rooms.erase(e.room))
    keep(s);
  if (bad_room(e.room)) // nobody is in it
    return;
  send_to_room(room_key(s.info.nsp, e.room), room_leave{who_, e.announce, e.acknowledge ? take(o.ack) : std::nullopt});
}

void connection::apply(socket& s, logic::list_room_members& e, occasion& o) {
  if (auto why = bad_room(e.room))
    return refuse(s, o, *why);
  if (!o.ack)
    return;
  if (!hub().links)
    return send_to_room(room_key(s.info.nsp, e.room), room_members_asked{who_, e.max, take(o.ack)});
  query_ask q{cluster::find_members{s.info.nsp, e.room, e.max}, query_ask::whom::everybody, 0, hub().opts.query_timeout, {}};
  q.done = [hub = hub().shared_from_this(), who = who_, nsp = s.info.nsp, room = e.room, max = e.max,
            ack = take(o.ack)](result<cluster::query_outcome> r) {
    if (!r)
      return hub->to_connection(who, refused{nsp, ack, r.error(), {}});
    hub->answer(who, nsp, ack, room::member_list(room, *r, max));
  };
  hub().to_queries(std::move(q));
}

void connection::apply(socket& s, logic::read_history& e, occasion& o) {
  if (auto why = bad_room(e.room))
    return refuse(s, o, *why);
  if (!o.ack)
    return;
  read_history(hub(), room_key(s.info.nsp, e.room), e.what,
               [hub = hub().shared_from_this(), who = who_, nsp = s.info.nsp, room = e.room,
                ack = take(o.ack)](const result<room::history_page>& page) {
                 if (!page)
                   return hub->to_connection(who, refused{nsp, ack, page.error(), {}});
                 hub->answer(who, nsp, ack, room::page_args(room, *page));
               });
}

void connection::apply(socket& s, logic::publish& e, occasion& o) {
  if (auto why = bad_room(e.room))
    return refuse(s, o, *why);
  auto ack = e.acknowledge ? take(o.ack) : std::nullopt;
  auto key = room_key(s.info.nsp, e.room);
  send_to_room(std::move(key), room_publish{who_, s.info.who.user_id, std::move(e), ack, {}});
}

void connection::apply(socket& s, logic::broadcast& e, occasion&) {
  if (hub().links && !e.here_only) {
    cluster::wide_message m;
    m.to = {s.info.nsp, e.rooms, e.except};
    m.event = e.event;
    m.args = e.args;
    m.is_volatile = e.is_volatile;
    m.compress = e.compress;
    hub().to_all_nodes(m);
  }
  auto to = hub().target_of({s.info.nsp, std::move(e.rooms), std::move(e.except)});
  if (!e.include_sender)
    to.except_sessions.push_back(who_);
  hub().counts.events_out.add();
  hub().spread(std::move(to), hub().event(s.info.nsp, e.event, std::move(e.args), hub().frame_flags(e.is_volatile, e.compress)));
}

void connection::apply(socket& s, logic::direct& e, occasion& o) {
  auto user = e.user;
  if (user.empty())
    return refuse(s, o, logic::missing_field("to"));
  auto ack = e.acknowledge ? take(o.ack) : std::nullopt;
  hub().to_presence(std::move(user), presence_direct{who_, s.info.who.user_id, s.info.nsp, std::move(e), ack, {}});
}

void connection::apply(socket& s, logic::watch_presence& e, occasion& o) {
  std::vector<std::string> fresh;
  for (auto& user : e.users)
    if (std::find(s.watched.begin(), s.watched.end(), user) == s.watched.end())
      fresh.push_back(user);
  std::size_t watched = fresh.size();
  for (auto& other : sockets_)
    watched += other->watched.size();
  if (watched > hub().opts.limit.max_watched_users)
    return refuse(s, o, logic::too_many_watched_users(hub().opts.limit.max_watched_users));
  s.watched.insert(s.watched.end(), fresh.begin(), fresh.end());
  auto answer = o.ack ? std::make_shared<watch_answer>(hub(), who_, s.info.nsp, take(o.ack)) : nullptr;
  for (auto& user : e.users)
    hub().to_presence(user, presence_watch{s.place(), answer});
}

void connection::apply(socket& s, logic::unwatch_presence& e, occasion&) {
  for (auto& user : e.users)
    if (std::erase(s.watched, user) > 0)
      hub().to_presence(user, presence_unwatch{s.place()});
}

void connection::apply(socket& s, logic::set_status& e, occasion&) {
  if (!s.info.who.user_id.empty())
    hub().to_presence(s.info.who.user_id, presence_status{std::move(e.status)});
}

void connection::apply(socket& s, logic::typing& e, occasion&) {
  if (!bad_room(e.room))
    send_to_room(room_key(s.info.nsp, e.room), room_typing{who_, e.active});
}

void connection::apply(socket& s, logic::update_document& e, occasion& o) {
  auto key = room_key(s.info.nsp, logic::document_room(e.document));
  send_to_room(std::move(key), room_document{who_, s.info.who.user_id, std::move(e), take(o.ack)});
}

void connection::apply(socket&, logic::record& e, occasion&) {
  if (hub().around.record_event)
    hub().around.record_event(e.topic, e.json);
}

void connection::apply(socket& s, logic::disconnect& e, occasion&) {
  if (!e.close_transport)
    return end_socket(std::string(s.info.nsp), "server namespace disconnect", true);
  while (!sockets_.empty())
    end_socket(std::string(sockets_.back()->info.nsp), "server namespace disconnect", true);
  closing_ = true;
  hub().egress.submit(who_.shard, ports::close_session{who_, engineio::close_reason::forced_close});
}

void connection::apply(socket& s, logic::refuse& e, occasion& o) {
  if (e.silent)
    hub().counts.refusals.add(e.why.code);
  else
    refuse(s, o, e.why);
}

void connection::refuse(socket& s, occasion& o, const error& why, bool write_log) {
  hub().counts.refusals.add(why.code);
  if (write_log)
    log::info("event-refused", "session={} socket={} user={} event={} code={} message={}", to_text(who_), s.info.id,
              s.info.who.user_id, o.event, why.code, why.message);
  logic::arguments args{messaging::refused(why), {}};
  if (auto ack = take(o.ack))
    send_answer(s.info.nsp, ack, std::move(args));
  else
    send_event(s.info.nsp, "error", std::move(args));
}

} // namespace troupe::actors
