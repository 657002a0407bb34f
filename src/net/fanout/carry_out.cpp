// What the shard does with the operations of the application: the hot path of a broadcast.

#include "core/frame/frame_builder.hpp"
#include "net/server.hpp"
#include "net/shard.hpp"

#include <sys/socket.h>

namespace troupe::net {

void shard::carry_out(ports::egress_op& op) {
  struct visitor {
    shard& s;
    void operator()(ports::roster_join& o) const {
      if (s.find_session(o.who))
        s.index_.join(o.room, o.who.slot);
    }
    void operator()(ports::roster_leave& o) const {
      if (s.find_session(o.who))
        s.index_.leave(o.room, o.who.slot);
    }
    void operator()(ports::fan_out& o) const { s.fan_out(*o.to, o.what, o.counted); }
    void operator()(ports::fan_out_room& o) const { s.fan_out_room(o); }
    void operator()(ports::send_to& o) const {
      frame_ptr msgpack;
      if (auto* to = s.find_session(o.who))
        to->push(s.frame_for(*to, *o.what, msgpack));
    }
    void operator()(ports::close_session& o) const {
      if (auto* to = s.find_session(o.who))
        to->close(o.why);
    }
    void operator()(ports::control_all& o) const {
      s.for_each(*o.to, [&](session& to) { to.control(*o.what); });
    }
    void operator()(ports::list_members& o) const {
      std::vector<session_ref> found;
      for (auto& m : s.index_.members(o.room))
        found.push_back(s.slots_[m.slot].who->ref());
      o.found(std::move(found));
    }
    void operator()(ports::copy_journal& o) const { o.found(s.journal_.encode()); }
    void operator()(ports::ask_journal& o) const { o.found(s.journal_.before(o.event, o.rooms)); }
  };
  std::visit(visitor{*this}, op);
}

const frame_ptr& shard::frame_for(const session& s, const outbound& what, frame_ptr& msgpack) {
  if (s.format() == socketio::parser::json)
    return what.text;
  if (!msgpack)
    msgpack = build_frame(what.packet, socketio::parser::msgpack, {what.text->is_volatile(), what.text->compress()});
  return msgpack;
}

/// Per room, so that the only broadcast of a round can leave at once instead of passing through the queues: with nothing to
/// leave together with, the detour would only touch every member's memory twice.
void shard::count_broadcasts() {
  for (auto& t : working_)
    if (auto* op = std::get_if<ports::egress_op>(&t))
      if (auto* f = std::get_if<ports::fan_out_room>(op))
        if (auto* r = index_.find(*f->room))
          ++r->broadcasts;
}

void shard::fan_out_room(const ports::fan_out_room& f) {
  metrics::add(metrics_.fanouts);
  if (f.said.room)
    journal_.add(f.said);
  auto* room = index_.find(*f.room);
  if (!room)
    return;
  const bool alone = room->broadcasts == 1;
  room->broadcasts -= room->broadcasts > 0; // a room that came into being in this round was not counted
  const bool all = !f.except || !find_session(*f.except);
  const auto but = all ? session_ref{} : *f.except;
  frame_ptr msgpack;
  // Delivering never ends a session, so the index does not change meanwhile.
  for (auto& m : room->members) {
    if (!all && m.slot == but.slot)
      continue;
    if (const auto fd = alone ? lanes_.at(m.slot) : lanes::none; fd != lanes::none) {
      send_through_lane(fd, m.slot, f.what->text);
      continue;
    }
    auto& to = *slots_[m.slot].who;
    to.push(frame_for(to, *f.what, msgpack));
  }
  finish_batch(f.what->text);
}

void shard::send_through_lane(int fd, std::uint32_t at, const frame_ptr& f) {
  const auto wire = f->wire();
  if (!ring_.usable()) {
    const auto n = ::send(fd, wire.data(), wire.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return on_sent(at, f, n);
  }
  ring_.add(fd, wire, at);
  if (ring_.waiting() == send_ring::batch)
    finish_batch(f);
}

void shard::finish_batch(const frame_ptr& f) {
  if (ring_.waiting() > 0)
    ring_.carry_out([&](std::uint32_t at, int result) { on_sent(at, f, result); });
}

/// `result`: bytes that the kernel took, or a negative number. What it did not take goes the way through the session's queue, which
/// waits for room or finds the connection broken.
void shard::on_sent(std::uint32_t at, const frame_ptr& f, std::int64_t result) {
  metrics::add(metrics_.writes);
  if (result <= 0)
    return slots_[at].who->push(f);
  metrics::add(metrics_.bytes_out, static_cast<std::uint64_t>(result));
  if (static_cast<std::size_t>(result) == f->wire().size())
    metrics::add(metrics_.packets_out);
  else
    slots_[at].who->push_rest(f, static_cast<std::size_t>(result));
}

template<class F>
std::size_t shard::for_each(const ports::target& to, F&& f) {
  stamps_.resize(slots_.size());
  ++stamp_;
  auto mark = [&](std::uint32_t n) { return std::exchange(stamps_[n], stamp_) != stamp_; };
  for (auto& room : to.except)
    for (auto& m : index_.members(room))
      mark(m.slot);
  for (auto& ref : to.except_sessions)
    if (find_session(ref))
      mark(ref.slot);
  // Chosen first, served afterwards: what is done to a session may change the index.
  std::vector<session_ref> chosen;
  for (auto& room : to.rooms)
    for (auto& m : index_.members(room))
      if (mark(m.slot))
        chosen.push_back(slots_[m.slot].who->ref());
  for (auto& ref : to.sessions)
    if (find_session(ref) && mark(ref.slot))
      chosen.push_back(ref);
  std::size_t reached = 0;
  for (auto& ref : chosen)
    if (auto* s = find_session(ref)) {
      f(*s);
      ++reached;
    }
  return reached;
}

void shard::fan_out(const ports::target& to, const outbound_ptr& what, const std::function<void(std::size_t)>& counted) {
  metrics::add(metrics_.fanouts);
  frame_ptr msgpack;
  auto reached = for_each(to, [&](session& s) { s.push(frame_for(s, *what, msgpack)); });
  if (counted)
    counted(reached);
}

} // namespace troupe::net
