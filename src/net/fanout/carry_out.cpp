// What the shard does with the operations of the application: the hot path of a broadcast.

#include "core/frame/frame_builder.hpp"
#include "net/server.hpp"
#include "net/shard.hpp"

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
        s.deliver(*to, *o.what, msgpack);
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
  };
  std::visit(visitor{*this}, op);
}

void shard::deliver(session& s, const outbound& what, frame_ptr& msgpack) {
  if (s.format() == socketio::parser::json)
    return s.push(what.text);
  if (!msgpack)
    msgpack = build_frame(what.packet, socketio::parser::msgpack, {what.text->is_volatile(), what.text->compress()});
  s.push(msgpack);
}

void shard::fan_out_room(const ports::fan_out_room& f) {
  metrics::add(metrics_.fanouts);
  frame_ptr msgpack;
  // Delivering only queues and never changes the index.
  for (auto& m : index_.members(*f.room)) {
    auto& to = *slots_[m.slot].who;
    if (!(f.except && *f.except == to.ref()))
      deliver(to, *f.what, msgpack);
  }
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
  auto reached = for_each(to, [&](session& s) { deliver(s, *what, msgpack); });
  if (counted)
    counted(reached);
}

} // namespace troupe::net
