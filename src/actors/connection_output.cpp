// What a connection sends to its own client, at once: it runs on the session's thread.

#include "actors/connection.hpp"
#include "actors/hub.hpp"
#include "base/log.hpp"
#include "core/socketio/encoder.hpp"

#include <algorithm>

namespace troupe::actors {

void connection::send(const socketio::packet& p, frame_options flags) {
  if (!over_)
    hub().egress.send_now(who_, build_frame(p, format_, flags));
}

void connection::send_event(std::string_view nsp, std::string_view name, logic::arguments args) {
  socketio::packet p;
  p.nsp = nsp;
  p.data = socketio::event_data(name, args.json);
  p.attachments = std::move(args.attachments);
  hub().close_text(p);
  hub().counts.events_out.add();
  send(p, hub().frame_flags());
}

void connection::send_answer(std::string_view nsp, ack_id ack, logic::arguments args) {
  socketio::packet p;
  p.type = socketio::packet_type::ack;
  p.nsp = nsp;
  p.id = ack;
  p.data = '[' + std::move(args.json) + ']';
  p.attachments = std::move(args.attachments);
  hub().counts.acks_out.add();
  send(p, hub().frame_flags());
}

void connection::fail_acks(std::vector<messaging::ack_table::callback> over, const error& why) {
  hub().counts.pending_acks.sub(static_cast<std::int64_t>(over.size()));
  for (auto& on_ack : over)
    call(on_ack, why);
}

void connection::call(const messaging::ack_table::callback& on_ack, result<logic::arguments> r) {
  try {
    on_ack(std::move(r));
  } catch (const std::exception& e) {
    hub().counts.handler_exceptions.add();
    log::error("handler-failed", "session={} event={} what={}", to_text(who_), "ack", e.what());
  } catch (...) {
    hub().counts.handler_exceptions.add();
    log::error("handler-failed", "session={} event={} what={}", to_text(who_), "ack", "no std::exception");
  }
}

void connection::handler_failed(const socket& s, std::string_view event, std::string_view what) {
  hub().counts.handler_exceptions.add();
  log::error("handler-failed", "session={} socket={} user={} event={} what={}", to_text(who_), s.info.id,
             s.info.who.user_id, event, what);
}

void connection::rearm() {
  std::optional<time_point> next = acks_ ? acks_->next_deadline() : std::nullopt;
  const auto also = [&next](time_point at) { next = next ? std::min(*next, at) : at; };
  for (auto& s : sockets_) {
    if (s->expires)
      also(*s->expires);
    if (s->keep_again != time_point::max())
      also(s->keep_again);
  }
  for (auto& c : comebacks_)
    also(c->until);
  wake_at(next);
}

} // namespace troupe::actors
