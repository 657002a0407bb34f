#include "troupe/broadcast_operator.hpp"

#include "app/embed/convert.hpp"
#include "app/embed/core.hpp"
#include "app/embed/found.hpp"
#include "core/engineio/sid.hpp"

namespace troupe {

broadcast_operator broadcast_operator::to(std::string_view room) const {
  auto b = *this;
  b.rooms_.emplace_back(room);
  return b;
}

broadcast_operator broadcast_operator::except(std::string_view room) const {
  auto b = *this;
  b.except_.emplace_back(room);
  return b;
}

broadcast_operator broadcast_operator::volatile_() const {
  auto b = *this;
  b.volatile_flag_ = true;
  return b;
}

broadcast_operator broadcast_operator::compress(bool on) const {
  auto b = *this;
  b.compress_ = on;
  return b;
}

broadcast_operator broadcast_operator::local() const {
  auto b = *this;
  b.local_ = true;
  return b;
}

namespace {

/// One room of members goes through its sequencer, so that all see one order; a socket's own room has none.
bool through_the_room(const std::vector<std::string>& rooms, const std::vector<std::string>& except) {
  return rooms.size() == 1 && except.empty() && !engineio::parse_socket_id(rooms.front());
}

} // namespace

void broadcast_operator::emit_args(std::string_view event_name, const value& args) const {
  auto wire = embed::to_wire(args);
  auto home = core_.lock();
  if (!local_ && through_the_room(rooms_, except_)) {
    logic::publish p;
    p.room = rooms_.front();
    p.event = std::string(event_name);
    p.args = std::move(wire);
    p.include_sender = within_ == nullptr;
    p.is_volatile = volatile_flag_;
    if (within_)
      within_->out.emplace_back(std::move(p));
    else if (home && home->layer())
      home->layer()->publish(nsp_, std::move(p));
    return;
  }
  logic::broadcast b{rooms_, except_, within_ == nullptr, std::string(event_name), std::move(wire), volatile_flag_, compress_, local_};
  if (within_)
    within_->out.emplace_back(std::move(b));
  else if (home && home->layer())
    home->layer()->broadcast({nsp_, rooms_, except_, {}, local_}, std::move(b));
}

namespace {

/// Whom an operator means; one that came from a socket leaves that out.
actors::selection selection_of(const std::string& nsp, const std::vector<std::string>& rooms, std::vector<std::string> except,
                               const embed::socket_state* within, bool local) {
  if (within)
    except.push_back(within->info.id);
  return {nsp, rooms, std::move(except), {}, local};
}

/// The handler's callback as the actors call it; empty if there is none.
std::function<void(actors::control_outcome)> told(std::function<void(command_result)> done) {
  if (!done)
    return {};
  return [done = std::move(done)](actors::control_outcome o) {
    command_result r;
    embed::set_reach(r, o);
    r.sockets = o.sockets;
    done(std::move(r));
  };
}

template <class Result>
void tell_stopped(const std::function<void(Result)>& done) {
  if (!done)
    return;
  Result r;
  r.error = "not_ready";
  done(std::move(r));
}

} // namespace

void broadcast_operator::emit_with_ack(std::string_view event_name, const value& args, std::chrono::milliseconds timeout,
                                       std::function<void(ack_result)> done) const {
  auto home = core_.lock();
  if (!home || !home->layer())
    return tell_stopped(done);
  logic::broadcast b;
  b.event = std::string(event_name);
  b.args = embed::to_wire(args);
  b.is_volatile = volatile_flag_;
  b.compress = compress_;
  home->layer()->broadcast_with_ack(selection_of(nsp_, rooms_, except_, within_, local_), std::move(b), timeout, [done](actors::ack_summary s) {
    ack_result r;
    embed::set_reach(r, s);
    r.expected = s.expected;
    for (auto& [id, a] : s.answers)
      r.answers.push_back({id, embed::from_wire("[" + a.json + "]", a.attachments)});
    done(std::move(r));
  });
}

void broadcast_operator::sockets_join(std::string_view room, std::function<void(command_result)> done) const {
  auto home = core_.lock();
  if (!home || !home->layer())
    return tell_stopped(done);
  home->layer()->control(selection_of(nsp_, rooms_, except_, within_, local_), ports::control_join{{std::string(room)}}, told(std::move(done)));
}

void broadcast_operator::sockets_leave(std::string_view room, std::function<void(command_result)> done) const {
  auto home = core_.lock();
  if (!home || !home->layer())
    return tell_stopped(done);
  home->layer()->control(selection_of(nsp_, rooms_, except_, within_, local_), ports::control_leave{{std::string(room)}}, told(std::move(done)));
}

void broadcast_operator::disconnect_sockets(bool close_transport, std::function<void(command_result)> done) const {
  auto home = core_.lock();
  if (!home || !home->layer())
    return tell_stopped(done);
  home->layer()->control(selection_of(nsp_, rooms_, except_, within_, local_), ports::control_disconnect{close_transport}, told(std::move(done)));
}

void broadcast_operator::fetch_sockets(std::function<void(fetch_result)> found, std::size_t max) const {
  auto home = core_.lock();
  if (!home || !home->layer())
    return tell_stopped(found);
  auto each = [found](actors::found<actors::socket_summary> all) {
    fetch_result r;
    embed::set_reach(r, all);
    for (auto& s : all.list)
      r.sockets.push_back(embed::to_info(s));
    found(std::move(r));
  };
  home->layer()->list_sockets(selection_of(nsp_, rooms_, except_, within_, local_), max, std::move(each), true);
}

} // namespace troupe
