// How sockets come and go: CONNECT, refusals, the end of a namespace and of the session.

#include "actors/connection.hpp"
#include "actors/hub.hpp"
#include "base/log.hpp"
#include "core/engineio/sid.hpp"
#include "core/json/json_text.hpp"
#include "core/logic/object_text.hpp"
#include "core/room/room_key.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {
namespace {

const error unknown_namespace{"invalid_namespace", "Invalid namespace"}; // official clients know this sentence

/// `{"message":..,"data":..}`; the logic's own data, or `{"code":..}`; an unknown namespace has none.
std::string connect_error(const error& why, const std::string& data_text) {
  logic::object_text o;
  o.text("message", why.message);
  if (!data_text.empty()) {
    o.raw("data", data_text);
  } else if (why.code != unknown_namespace.code) {
    logic::object_text data;
    data.text("code", why.code);
    o.raw("data", std::move(data).closed());
  }
  return std::move(o).closed();
}

/// Far-away ends are cut, so that the arithmetic of the steady clock holds.
time_point end_of_token(unix_ms expires, unix_ms wall, time_point now) {
  constexpr unix_ms year = 365ll * 24 * 3600 * 1000;
  return now + duration(std::clamp<unix_ms>(expires - wall, 0, year));
}

} // namespace

void connection::on_connect(socketio::packet& p) {
  if (find(p.nsp) || find_comeback(p.nsp))
    return close(engineio::close_reason::forced_close, "CONNECT to a namespace that is joined already");
  if (!p.data.empty() && json::kind_of(p.data) != json::kind::object)
    return close(engineio::close_reason::parse_error, "CONNECT payload is no object");
  if (connects_.take(now()))
    connect_limited_ = false;
  else if (std::exchange(connect_limited_, true))
    return close(engineio::close_reason::forced_close, "CONNECT again and again");
  else
    return refuse_connect(p.nsp, {"rate_limited", "too many CONNECTs on one connection: wait before you try again"});
  socket s;
  s.info.nsp = p.nsp;
  auto rules = admit(p, s.info);
  if (!rules)
    return refuse_connect(p.nsp, rules.error());
  s.rules = std::move(*rules);
  if (s.info.who.expires)
    s.expires = end_of_token(*s.info.who.expires, hub().wall(), now());
  if (!hub().recovers(p.nsp))
    return enter(std::move(s));
  if (auto shown = ticket_of(p))
    return ask_for_session(std::move(s), std::move(*shown));
  make_recoverable(s);
  enter(std::move(s));
}

/// The namespace's rules have the last word.
void connection::enter(socket s, std::vector<frame_ptr> made_up) {
  auto first = guarded(s, "connect", [&] { return s.rules->on_connect(s.info); });
  const bool welcome = first && *first;
  if (!welcome) {
    leave_rooms(s.info);
    stop_keeping(s, {});
    if (s.info.recovered)
      hub().egress.release(who_, {}, !sockets_.empty());
    const error why = first ? first->error() : error{"internal_error", "the server failed to admit this socket"};
    return refuse_connect(s.info.nsp, why, s.info.refusal_data);
  }
  open_socket(std::move(s), std::move(**first), std::move(made_up));
}

result<std::shared_ptr<logic::namespace_logic>> connection::admit(const socketio::packet& p, logic::socket_info& info) {
  auto rules = hub().namespaces.find(p.nsp);
  if (!rules)
    return unknown_namespace;
  if (sockets_.size() >= hub().opts.limit.max_namespaces_per_connection)
    return error{"namespace_limit", "one connection may join "
                                      + std::to_string(hub().opts.limit.max_namespaces_per_connection) + " namespaces"};
  auto who = hub().authenticator.authenticate({p.data, shake_ ? shake_->headers.find("authorization") : "", hub().wall()});
  if (!who)
    return who.error();
  info.id = engineio::make_socket_id({hub().opts.node, who_}, hub().random5());
  info.session = who_;
  info.who = std::move(*who);
  info.auth = p.data;
  info.shake = shake_;
  return rules;
}

void connection::refuse_connect(const std::string& nsp, const error& why, const std::string& data) {
  hub().counts.connect_errors.add();
  hub().counts.refusals.add(why.code);
  log::info("connect-refused", "session={} nsp={} code={} message={}", to_text(who_), nsp, why.code, why.message);
  socketio::packet p;
  p.type = socketio::packet_type::connect_error;
  p.nsp = nsp;
  p.data = connect_error(why, data);
  send(p, hub().frame_flags());
}

void connection::open_socket(socket opened, logic::effects first, std::vector<frame_ptr> made_up) {
  auto& s = *sockets_.emplace_back(std::make_unique<socket>(std::move(opened)));
  std::erase(removed_from_, s.info.nsp);
  hub().counts.sockets.add();
  hub().counts.namespaces_joined.add();
  if (hub().record)
    hub().record->socket_came(s.info.id, s.info.who.user_id);
  log::debug("socket-connected", "session={} socket={} nsp={} user={}", to_text(who_), s.info.id, s.info.nsp,
             s.info.who.user_id);
  socketio::packet p;
  p.type = socketio::packet_type::connect;
  p.nsp = s.info.nsp;
  p.data = R"({"sid":")" + s.info.id + (s.pid.empty() ? "\"}" : R"(","pid":")" + s.pid + "\"}");
  if (s.info.recovered) {
    // First what was missed, then that it is the same session, then what came meanwhile: the order that clients expect.
    made_up.push_back(build_frame(p, format_, hub().frame_flags()));
    hub().egress.submit(who_.shard, ports::roster_join{room_key(s.info.nsp, s.info.id), who_});
    hub().egress.release(who_, std::move(made_up));
  } else {
    send(p, hub().frame_flags());
  }
  keep(s);
  if (!std::exchange(was_joined_, true))
    hub().egress.namespace_joined(who_);
  hub().egress.submit(who_.shard, ports::roster_join{room_key(s.info.nsp, ""), who_});
  if (!s.info.who.user_id.empty())
    hub().to_presence(s.info.who.user_id, presence_attach{place_of(s)});
  occasion o{{}, "connect"};
  carry_out(s, std::move(first), o);
}

void connection::end_socket(std::string_view nsp, std::string_view reason, bool notify) {
  auto i = std::find_if(sockets_.begin(), sockets_.end(), [&](auto& s) { return s->info.nsp == nsp; });
  if (i == sockets_.end())
    return;
  const auto ended = std::move(*i); // not found any more by whatever the handlers below cause
  sockets_.erase(i);
  const auto& info = ended->info;
  if (notify) {
    socketio::packet p;
    p.type = socketio::packet_type::disconnect;
    p.nsp = info.nsp;
    send(p, hub().frame_flags());
    if (removed_from_.size() >= hub().opts.limit.max_namespaces_per_connection)
      removed_from_.erase(removed_from_.begin());
    removed_from_.push_back(info.nsp);
  }
  guarded(*ended, "disconnect", [&] { return ended->rules->on_disconnect(ended->info, reason), true; });
  log::debug("socket-disconnected", "session={} socket={} nsp={} user={} reason={}", to_text(who_), info.id, info.nsp,
             info.who.user_id, reason);
  if (acks_)
    fail_acks(acks_->take_all(info.nsp), {"disconnected", "the client has disconnected"});
  stop_keeping(*ended, reason);
  leave_rooms(info);
  if (hub().record) {
    for (auto& room : info.rooms)
      hub().record->left(room_key(info.nsp, room), info.id);
    hub().record->socket_went(info.id, info.who.user_id);
  }
  hub().egress.submit(who_.shard, ports::roster_leave{room_key(info.nsp, ""), who_});
  if (info.recovered)
    hub().egress.submit(who_.shard, ports::roster_leave{room_key(info.nsp, info.id), who_});
  for (auto& user : ended->watched)
    hub().to_presence(user, presence_unwatch{ended->place()});
  if (!info.who.user_id.empty())
    hub().to_presence(info.who.user_id, presence_detach{place_of(*ended)});
  hub().counts.sockets.sub();
}

void connection::leave_rooms(const logic::socket_info& info) {
  for (auto& room : info.rooms)
    send_to_room(room_key(info.nsp, room), room_leave{who_, false, {}});
}

void connection::expire_tokens(time_point t) {
  std::vector<std::string> expired;
  for (auto& s : sockets_)
    if (s->expires && *s->expires <= t)
      expired.push_back(s->info.nsp);
  for (auto& nsp : expired) {
    auto& s = *find(nsp);
    hub().counts.tokens_expired.add();
    occasion o{{}, "token"};
    refuse(s, o, {"token_expired", "the token has expired: connect again with a new one"});
    end_socket(nsp, "server namespace disconnect", true);
  }
}

void connection::close(engineio::close_reason why, std::string_view detail) {
  closing_ = true;
  hub().counts.protocol_violations.add();
  log::info("connection-closed", "session={} reason={} detail={}", to_text(who_), engineio::to_string(why), detail);
  hub().egress.submit(who_.shard, ports::close_session{who_, why});
}

} // namespace troupe::actors
