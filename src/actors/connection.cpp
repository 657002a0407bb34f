#include "actors/connection.hpp"

#include "actors/hub.hpp"
#include "base/log.hpp"
#include "core/json/json_text.hpp"
#include "core/room/room_key.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace troupe::actors {
namespace {

/// The event's name and its arguments as an array. The array is cut out of `data` without a copy: the byte before the first
/// argument becomes its bracket.
struct event_parts {
  std::string name;
  std::string_view args;
};

event_parts split(std::string& data) {
  json::array_reader reader(data);
  const auto name = reader.next();
  if (!name)
    return {};
  event_parts parts{json::string_value(*name).value_or(std::string(*name)), "[]"};
  const auto rest = reader.rest();
  if (rest.empty())
    return parts;
  const auto first = static_cast<std::size_t>(rest.data() - data.data());
  data[first - 1] = '[';
  parts.args = std::string_view(data).substr(first - 1);
  return parts;
}

constexpr double connects_per_minute = 600; // attempts to join namespaces; far more than any client needs

token_bucket bucket(std::uint32_t per_minute) { return per_minute ? token_bucket(per_minute, per_minute) : token_bucket(); }

} // namespace

connection::connection(caf::actor_config& cfg, shard& home, session_ref who, engineio::handshake_ptr shake)
  : pinned(cfg, home), who_(who), shake_(std::move(shake)), events_(bucket(hub().opts.limit.events_per_minute)),
    connects_(connects_per_minute, connects_per_minute) {
  hub().counts.connections.add();
}

caf::behavior connection::make_behavior() {
  return {[this](inbound& in) { on_packet(in); },
          [this](connection_op& op) { on_op(op); },
          [this](wake) { on_wake(); }};
}

std::string connection::describe() const { return "connection session=" + to_text(who_); }

connection::socket* connection::find(std::string_view nsp) {
  for (auto& s : sockets_)
    if (s->info.nsp == nsp)
      return s.get();
  return nullptr;
}

void connection::on_packet(inbound& in) {
  if (closing_)
    return;
  hub().counts.packets_in.add();
  format_ = in.format;
  running_ = true;
  switch (in.packet.type) {
    case socketio::packet_type::connect: on_connect(in.packet); break;
    case socketio::packet_type::disconnect: on_disconnect(in.packet); break;
    case socketio::packet_type::event: on_event(in.packet); break;
    case socketio::packet_type::ack: on_ack(in.packet); break;
    case socketio::packet_type::connect_error: close(engineio::close_reason::forced_close, "CONNECT_ERROR from a client"); break;
  }
  rearm();
}

bool connection::take_now(inbound& in) {
  const bool frequent = in.packet.type == socketio::packet_type::event || in.packet.type == socketio::packet_type::ack;
  // Blocked: the mailbox is empty, and nobody has been told to look into it.
  if (!frequent || !running_ || !mailbox().blocked() || !home().unit || !home().unit->may_run_now())
    return false;
  try {
    on_packet(in);
  } catch (...) {
    closing_ = true;
    caf::anon_send(caf::actor_cast<caf::actor>(this), connection_op{failed{std::current_exception()}});
  }
  return true;
}

connection::socket* connection::joined_socket(const socketio::packet& p) {
  if (auto s = find(p.nsp))
    return s;
  if (std::find(removed_from_.begin(), removed_from_.end(), p.nsp) != removed_from_.end())
    hub().counts.ignored_packets.add();
  else
    close(engineio::close_reason::forced_close, "packet for a namespace that was not joined");
  return nullptr;
}

void connection::on_event(socketio::packet& p) {
  auto s = joined_socket(p);
  if (!s)
    return;
  if (p.data.empty())
    return hub().counts.ignored_packets.add();
  const auto parts = split(p.data);
  hub().counts.events_in.add();
  if (s->unowned)
    reclaim(*s);
  if (!within_rate(*s, p.id, parts.name))
    return;
  occasion o{p.id, parts.name};
  auto todo = guarded(*s, parts.name, [&] {
    return s->rules->on_event(s->info, {parts.name, parts.args, p.attachments, p.id.has_value(), hub().wall(),
                                           p.id.value_or(0)});
  });
  if (!todo)
    return refuse(*s, o, {"internal_error", "the server failed to handle this event"});
  carry_out(*s, std::move(*todo), o);
}

bool connection::within_rate(socket& s, std::optional<std::uint64_t> ack, std::string_view event) {
  if (events_.take(now())) {
    limited_ = false;
    return true;
  }
  const error why{"rate_limited", "more than " + std::to_string(hub().opts.limit.events_per_minute)
                                    + " events in a minute: wait before you send again"};
  occasion o{ack, event};
  refuse(s, o, why, !std::exchange(limited_, true)); // one line in the log per burst
  return false;
}

void connection::on_ack(socketio::packet& p) {
  auto s = joined_socket(p);
  if (!s)
    return;
  if (!p.id)
    return hub().counts.ignored_packets.add();
  logic::arguments args{p.data.empty() ? std::string() : std::string(json::array_reader(p.data).rest()),
                        std::move(p.attachments)};
  auto on_ack = acks_ ? acks_->take(*p.id, p.nsp) : std::nullopt;
  if (on_ack) {
    hub().counts.acks_in.add();
    hub().counts.pending_acks.sub();
    call(*on_ack, std::move(args));
  } else if (hub().acks.on_ack(*p.id, p.nsp, s->info.id, std::move(args))) {
    hub().counts.acks_in.add();
  } else {
    hub().counts.ignored_packets.add();
  }
}

void connection::on_disconnect(const socketio::packet& p) {
  if (joined_socket(p))
    end_socket(p.nsp, "client namespace disconnect", false);
}

void connection::on_op(connection_op& op) {
  std::visit([this](auto& m) { on(m); }, op);
  if (!over_)
    rearm();
}

void connection::on(session_over& m) {
  over_ = true;
  while (!sockets_.empty())
    end_socket(std::string(sockets_.back()->info.nsp), engineio::to_string(m.why), false);
  for (auto& c : comebacks_)
    leave_rooms(c->who.info);
  comebacks_.clear();
  log::debug("connection-ended", "session={} reason={}", to_text(who_), engineio::to_string(m.why));
  quit();
}

void connection::on(refused& m) {
  auto s = find(m.nsp);
  if (!s)
    return;
  if (!m.room_not_joined.empty() && std::erase(s->info.rooms, m.room_not_joined) > 0 && hub().record)
    hub().record->left(room_key(s->info.nsp, m.room_not_joined), s->info.id);
  occasion o{m.ack, {}};
  refuse(*s, o, m.why);
}

void connection::on(ports::control& m) {
  auto s = find(m.nsp);
  if (!s)
    return;
  if (m.reached)
    ++*m.reached;
  logic::effects todo;
  if (auto j = std::get_if<ports::control_join>(&m.command))
    for (auto& room : j->rooms)
      todo.push_back(logic::join{room});
  else if (auto l = std::get_if<ports::control_leave>(&m.command))
    for (auto& room : l->rooms)
      todo.push_back(logic::leave{room});
  else
    todo.push_back(logic::disconnect{std::get<ports::control_disconnect>(m.command).close_transport});
  occasion o;
  carry_out(*s, std::move(todo), o);
}

void connection::on(report_room& m) {
  auto s = find(nsp_of(m.key));
  const bool member = s && std::find(s->info.rooms.begin(), s->info.rooms.end(), room_of(m.key)) != s->info.rooms.end();
  if (member)
    send_to_room(m.key, room_join{{who_, socket_name(s->info.id), true, s->info.who.user_id}, false, {}, true});
  else
    send_to_room(m.key, room_leave{who_, false, {}});
}

void connection::on(report_user& m) {
  for (auto& s : sockets_) {
    if (s->info.who.user_id == m.user)
      hub().to_presence(m.user, presence_attach{place_of(*s)});
    if (std::find(s->watched.begin(), s->watched.end(), m.user) != s->watched.end())
      hub().to_presence(m.user, presence_watch{s->place(), nullptr});
  }
}

void connection::on(perform& m) {
  auto s = find(m.nsp);
  const bool here = s && s->info.id == m.socket_id;
  if (here) {
    occasion o;
    carry_out(*s, std::move(m.what), o);
  }
  if (m.done)
    m.done(here);
}

void connection::on(describe_sockets& m) {
  auto s = find(m.of->nsp);
  if (!s || m.into->full() || (!m.of->user.empty() && m.of->user != s->info.who.user_id))
    return;
  auto in = [&](const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(), [&](auto& n) {
      return n == s->info.id || std::find(s->info.rooms.begin(), s->info.rooms.end(), n) != s->info.rooms.end();
    });
  };
  if ((!m.of->rooms.empty() && !in(m.of->rooms)) || in(m.of->except))
    return;
  socket_summary found{s->info.id, s->info.nsp, s->info.who, s->info.shake, s->info.rooms, {}, {}, hub().own_id};
  if (m.handshakes) {
    found.auth = s->info.auth;
    found.data = guarded(*s, "fetch", [&] { return s->rules->shown_data(s->info); }).value_or("");
  }
  m.into->add(std::move(found));
}

void connection::on(report_sockets& m) {
  for (auto& s : sockets_)
    m.into->add({s->info.id, s->info.nsp, s->info.who.user_id, s->info.rooms});
}

void connection::on(failed& m) { std::rethrow_exception(m.why); }

void connection::on_wake() {
  const auto t = now();
  if (acks_) {
    auto over = acks_->expire(t);
    hub().counts.ack_timeouts.add(static_cast<std::int64_t>(over.size()));
    fail_acks(std::move(over), {"ack_timeout", "the client did not acknowledge in time"});
  }
  expire_tokens(t);
  drop_overdue(t);
  keep_due(t);
  rearm();
}

void connection::on_end() {
  if (!over_) { // failed: nobody else will tell the rooms and the client
    hub().egress.submit(who_.shard, ports::close_session{who_, engineio::close_reason::forced_close});
    over_ = true;
    while (!sockets_.empty())
      end_socket(std::string(sockets_.back()->info.nsp), "forced close", false);
  }
  hub().counts.connections.sub();
  home().connections.erase(who_);
  if (home().stopping)
    caf::anon_send(hub().directories[home().index], connection_ended{});
}

} // namespace troupe::actors
