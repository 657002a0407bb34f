// What waited for the socket's user while nobody was there.

#include "actors/connection.hpp"
#include "actors/hub.hpp"
#include "core/json/json_text.hpp"

namespace troupe::actors {

void connection::on(deliver_waiting& m) {
  auto s = find(m.nsp);
  if (!s || closing_ || over_)
    return m.done(false);
  auto only_here = std::make_shared<ports::target>();
  only_here->sessions = {who_};
  for (auto& w : m.what) {
    socketio::packet p;
    p.nsp = m.nsp;
    p.data = std::move(w.data);
    p.attachments = std::move(w.attachments);
    hub().close_text(p);
    if (m.acked && !(p.id = expect_ack(m, w.id))) {
      m.done(true); // the rest waits for the next connect
      return;
    }
    hub().counts.events_out.add();
    const bool last = &w == &m.what.back();
    // Behind what other actors have submitted; and the shard says whether the session is still there.
    hub().egress.submit(who_.shard, ports::fan_out{only_here, build_outbound(std::move(p), hub().frame_flags()),
                                                   last ? [done = std::move(m.done)](std::size_t n) { done(n > 0); }
                                                        : std::function<void(std::size_t)>()});
  }
}

presence::place connection::place_of(const socket& s) const {
  constexpr std::size_t longest_name = 64;
  auto p = s.place();
  if (hub().opts.presence.each_device && !s.info.auth.empty())
    p.device = json::string_member(s.info.auth, "device").value_or("").substr(0, longest_name);
  return p;
}

/// Nothing when the client owes too many answers already.
std::optional<std::uint32_t> connection::expect_ack(const deliver_waiting& m, const std::string& id) {
  if (!acks_)
    acks_ = std::make_unique<messaging::ack_table>(hub().opts.limit.max_pending_acks);
  const auto number = acks_->add(m.nsp,
                                 [acked = m.acked, id](const result<logic::arguments>& r) {
                                   if (r)
                                     acked(id);
                                 },
                                 std::nullopt);
  if (number)
    hub().counts.pending_acks.add();
  return number;
}

} // namespace troupe::actors
