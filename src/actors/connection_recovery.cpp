// Sessions that come back (Socket.IO, "Connection state recovery"; docs/recovery.md): the store gives the session, its former node
// says what the client has, its rooms what it has not.

#include "actors/connection.hpp"
#include "actors/hub.hpp"
#include "actors/saved_journals.hpp"
#include "base/base64url.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "core/engineio/sid.hpp"
#include "core/json/json_text.hpp"
#include "core/messaging/answers.hpp"
#include "core/logic/object_text.hpp"
#include "core/room/room_key.hpp"
#include "core/socketio/encoder.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {
namespace {

/// A secret of the form that sids have.
std::string make_pid() {
  std::array<unsigned char, 15> bytes{};
  fill_random(bytes.data(), bytes.size());
  base64url::bytes<15> out;
  for (const auto byte : bytes)
    out.put(byte, 1);
  return out.text();
}

const error unknown_session{"session_unknown", "the session is over, or was never known here"};

} // namespace

// -- while the client is there --

void connection::make_recoverable(socket& s) {
  s.pid = make_pid();
  s.kept = std::make_unique<recovery::session_record>(
    recovery::session_record{s.info.id, s.info.nsp, s.info.who.user_id, s.info.who.guest, {{hub().opts.me, who_}}, {}, {}});
}

void connection::keep(socket& s, std::function<void()> kept) {
  if (s.pid.empty())
    return kept ? kept() : void();
  auto answered = [hub = hub().shared_from_this(), who = who_, nsp = s.info.nsp, id = s.info.id, kept = std::move(kept)](ports::saving became) {
    if (became == ports::saving::not_owner)
      return hub->to_connection(who, session_unsaved{nsp, id, true, kept});
    if (became == ports::saving::unavailable)
      hub->to_connection(who, session_unsaved{nsp, id, false, {}});
    if (kept)
      kept();
  };
  hub().sessions->save(s.pid, *s.kept, std::move(answered));
  s.keep_again = now() + hub().opts.recovery.refresh;
}

void connection::on(session_unsaved& m) {
  constexpr duration soon{500};
  auto s = find(m.nsp);
  if (!s || s->info.id != m.socket_id)
    return;
  s->keep_again = std::min(s->keep_again, now() + soon);
  if (!m.taken)
    return;
  if (!s->unowned)
    s->unowned = std::make_unique<std::vector<std::function<void()>>>();
  if (m.when_saved)
    s->unowned->push_back(std::move(m.when_saved));
}

/// Its client speaks here, so it is nowhere else: whoever has taken the session did so in vain, and cannot give it back.
void connection::reclaim(socket& s) {
  hub().sessions->take(s.pid, s.kept->stays.back(), [](const auto&) {});
  keep_again(s);
}

void connection::keep_again(socket& s) {
  const auto waiting = std::exchange(s.unowned, nullptr);
  if (!waiting || waiting->empty())
    return keep(s);
  keep(s, [all = std::move(*waiting)] {
    for (auto& f : all)
      f();
  });
}

void connection::keep_due(time_point t) {
  for (auto& s : sockets_)
    if (s->keep_again <= t)
      keep_again(*s);
}

void connection::on(room_entered& m) {
  auto s = find(m.nsp);
  const bool joined = s && std::find(s->info.rooms.begin(), s->info.rooms.end(), m.room) != s->info.rooms.end();
  auto answer = [hub = hub().shared_from_this(), who = who_, nsp = m.nsp, ack = m.ack, text = messaging::joined(m.room, m.members)] {
    hub->answer(who, nsp, ack, text);
  };
  if (joined && s->kept && s->kept->rooms.try_emplace(m.room, recovery::membership{m.after, {}}).second)
    keep(*s, std::move(answer));
  else
    answer();
}

/// Whoever says goodbye, or is told to go, does not come back as the same one.
bool connection::may_come_back(std::string_view reason) const {
  return reason != "client namespace disconnect" && reason != "server namespace disconnect";
}

void connection::stop_keeping(const socket& s, std::string_view reason) {
  if (s.pid.empty())
    return;
  if (!reason.empty() && may_come_back(reason))
    hub().sessions->leave(s.pid, s.kept->stays.back());
  else
    hub().sessions->forget(s.pid, s.kept->stays.back());
}

void connection::on(taken_over& m) {
  auto s = find(m.nsp);
  if (!s || s->info.id != m.socket_id)
    return;
  hub().counts.takeovers.add();
  // The transport is half open: the client knows of another one. Its other namespaces come back there as well.
  hub().egress.submit(who_.shard, ports::close_session{who_, engineio::close_reason::transport_close});
}

// -- when it comes back --

std::optional<connection::ticket> connection::ticket_of(const socketio::packet& p) const {
  if (p.data.empty())
    return std::nullopt;
  auto pid = json::member(p.data, "pid");
  auto text = pid ? json::string_value(*pid) : std::nullopt;
  if (!text)
    return std::nullopt;
  ticket t{std::move(*text), std::nullopt};
  if (auto shown = json::member(p.data, "offset")) {
    t.shown = recovery::decode_offset(json::string_value(*shown).value_or(""));
    t.foreign = !t.shown;
  }
  return t;
}

void connection::ask_for_session(socket s, ticket t) {
  auto c = std::make_unique<comeback>();
  c->who = std::move(s);
  c->shown = t.shown;
  c->until = now() + hub().opts.recovery.patience;
  c->who.pid = std::move(t.pid);
  auto& asked = *comebacks_.emplace_back(std::move(c));
  hub().counts.recoveries_asked.add();
  if (t.foreign)
    return begin_anew(asked, {"offset_unknown", "the last argument of the last event that the client got is none of ours"});
  const recovery::stay here{hub().opts.me, who_};
  auto taken = [hub = hub().shared_from_this(), who = who_, nsp = asked.who.info.nsp, pid = asked.who.pid, here](auto found) {
    // Asked while the store was slow the client may have gone elsewhere, and been found there first.
    auto claim = std::make_shared<session_claim>([hub, pid, here] { hub->sessions->give_back(pid, here); });
    hub->to_connection(who, session_found{nsp, std::move(found), std::move(claim)});
  };
  hub().sessions->take(asked.who.pid, here, std::move(taken));
}

void connection::on(session_found& m) {
  auto c = find_comeback(m.nsp);
  if (!c)
    return;
  m.claim->take_in();
  if (!m.what)
    return begin_anew(*c, m.what.error());
  auto& found = *m.what;
  auto& who = c->who.info.who;
  const bool same = found && found->nsp == m.nsp && found->guest == who.guest && (who.guest || found->user == who.user_id);
  if (!same)
    return begin_anew(*c, unknown_session);
  who.user_id = found->user;
  c->kept = std::move(*found);
  ask_former_node(*c);
}

void connection::ask_former_node(comeback& c) {
  const auto& last = c.kept.stays.back();
  cluster::give_up_session q{c.kept.nsp, c.kept.sid, last.session, {}, {}};
  if (c.shown && !c.shown->made_up && recovery::is_from_last_node(c.kept, *c.shown)) {
    q.event = {c.shown->room, c.shown->at};
    q.rooms = recovery::marks(c.kept);
  }
  auto told = [hub = hub().shared_from_this(), who = who_, nsp = c.kept.nsp](std::optional<recovery::places_before> places) {
    hub->to_connection(who, places_found{nsp, std::move(places)});
  };
  if (last.node == hub().opts.me)
    return hub().give_up_session(q, std::move(told));
  auto or_left_behind = [hub = hub().shared_from_this(), last, event = q.event, rooms = q.rooms,
                         told = std::move(told)](std::optional<recovery::places_before> places) mutable {
    if (places || event.room == 0)
      return told(std::move(places));
    hub->journals->ask({last.node, last.session.shard}, event, std::move(rooms), std::move(told));
  };
  const auto others = hub().peers();
  const bool reachable = std::any_of(others.begin(), others.end(), [&](auto& p) { return p.linked && p.ref == last.node; });
  if (!reachable)
    return or_left_behind(std::nullopt);
  query_ask ask{std::move(q), query_ask::whom::one, last.node.number, hub().opts.recovery.patience / 5, {}};
  ask.done = [told = std::move(or_left_behind)](result<cluster::query_outcome> r) mutable {
    const auto said = r && !r->parts.empty() ? std::get_if<cluster::session_given_up>(&r->parts.front().second) : nullptr;
    told(said ? std::move(said->places) : std::nullopt);
  };
  hub().to_queries(std::move(ask));
}

void connection::on(places_found& m) {
  auto c = find_comeback(m.nsp);
  if (!c || c->asking_rooms)
    return;
  if (m.what && m.what->size() != c->kept.rooms.size())
    m.what.reset(); // no answer to our question
  ask_rooms(*c, m.what);
}

void connection::ask_rooms(comeback& c, const std::optional<recovery::places_before>& before) {
  c.asking_rooms = true;
  c.starts = recovery::starts(c.kept, c.shown, before);
  c.missed.resize(c.starts.size());
  c.awaited = c.starts.size();
  c.who.info.id = c.kept.sid;
  hub().egress.hold(who_);
  for (auto& from : c.starts) {
    c.who.info.rooms.push_back(from.room);
    room::member who{who_, socket_name(c.who.info.id), false, c.who.info.who.user_id};
    send_to_room(room_key(c.kept.nsp, from.room), room_resume{std::move(who), from});
  }
  if (c.awaited == 0)
    finish(c);
}

void connection::on(room_resumed& m) {
  auto c = find_comeback(m.nsp);
  if (!c)
    return;
  const auto at = std::find_if(c->starts.begin(), c->starts.end(), [&](auto& s) { return s.room == m.room; });
  if (at == c->starts.end() || c->awaited == 0)
    return;
  const auto room = static_cast<std::size_t>(at - c->starts.begin());
  if (m.missed) {
    c->kept.rooms[m.room] = recovery::resumed(*at, *m.missed, m.to);
    c->missed[room] = std::move(*m.missed);
  } else if (!c->failed) {
    c->failed = m.missed.error();
  }
  if (--c->awaited == 0)
    finish(*c);
}

void connection::finish(comeback& c) {
  if (c.failed)
    return begin_anew(c, *c.failed);
  auto made_up = frames_of(c);
  hub().counts.recoveries.add();
  hub().counts.made_up.add(static_cast<std::int64_t>(made_up.size()));
  log::info("session-recovered", "session={} socket={} nsp={} user={} rooms={} missed={}", to_text(who_), c.kept.sid, c.kept.nsp,
            c.kept.user, c.starts.size(), made_up.size());
  const auto back = take_comeback(c);
  auto s = std::move(back->who);
  s.info.recovered = true;
  s.kept = std::make_unique<recovery::session_record>(std::move(back->kept));
  if (s.kept->stays.size() >= recovery::session_record::max_stays)
    s.kept->stays.erase(s.kept->stays.begin());
  s.kept->stays.push_back({hub().opts.me, who_});
  s.kept->shown = back->shown;
  if (hub().record)
    for (auto& room : s.info.rooms)
      hub().record->joined(room_key(s.info.nsp, room), s.info.id);
  enter(std::move(s), std::move(made_up));
}

std::vector<frame_ptr> connection::frames_of(const comeback& c) {
  std::vector<frame_ptr> frames;
  const auto mark = recovery::marks(c.kept);
  for (auto& next : recovery::in_sequence(c.missed, mark)) {
    auto& m = *next.what;
    if (recovery::is_excepted(m, c.kept))
      continue;
    const recovery::offset o{mark[next.room], {m.epoch, m.seq}, next.settled, true, hub().mark};
    auto args = recovery::with_offset(m.args, o);
    socketio::packet p;
    p.nsp = c.kept.nsp;
    p.data = socketio::event_data(m.event, args.json);
    p.attachments = std::move(args.attachments);
    hub().counts.events_out.add();
    frames.push_back(build_frame(p, format_, hub().frame_flags()));
  }
  return frames;
}

/// The client is told openly that it has missed something, and why.
void connection::begin_anew(comeback& c, const error& why) {
  hub().counts.not_recovered.add(why.code);
  log::info("session-not-recovered", "session={} nsp={} code={} message={}", to_text(who_), c.who.info.nsp, why.code, why.message);
  const auto back = take_comeback(c);
  auto s = std::move(back->who);
  leave_rooms(s.info);
  if (!back->kept.stays.empty())
    hub().sessions->forget(s.pid, {hub().opts.me, who_});
  for (auto& from : back->starts)
    hub().egress.submit(who_.shard, ports::roster_leave{room_key(s.info.nsp, from.room), who_});
  if (!back->starts.empty()) // what the rooms said meanwhile is for the session that is gone
    hub().egress.release(who_, {}, !sockets_.empty());
  s.info.rooms.clear();
  s.info.id = engineio::make_socket_id({hub().opts.node, who_}, hub().random5());
  make_recoverable(s);
  const auto nsp = s.info.nsp;
  enter(std::move(s));
  if (find(nsp)) {
    logic::object_text o;
    o.text("code", why.code);
    o.text("message", why.message);
    send_event(nsp, "session:not_recovered", {std::move(o).closed(), {}});
  }
}

void connection::drop_overdue(time_point t) {
  for (;;) {
    const auto at = std::find_if(comebacks_.begin(), comebacks_.end(), [&](auto& c) { return c->until <= t; });
    if (at == comebacks_.end())
      return;
    begin_anew(**at, {"recovery_timeout", "the session or its rooms did not answer in time"});
  }
}

connection::comeback* connection::find_comeback(std::string_view nsp) {
  for (auto& c : comebacks_)
    if (c->who.info.nsp == nsp)
      return c.get();
  return nullptr;
}

std::unique_ptr<connection::comeback> connection::take_comeback(const comeback& c) {
  const auto at = std::find_if(comebacks_.begin(), comebacks_.end(), [&](auto& one) { return one.get() == &c; });
  auto taken = std::move(*at);
  comebacks_.erase(at);
  return taken;
}

} // namespace troupe::actors
