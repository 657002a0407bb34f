#include "app/embed/convert.hpp"
#include "app/embed/core.hpp"
#include "core/engineio/sid.hpp"
#include "troupe/io_namespace.hpp"

namespace troupe {

// -- io_namespace -----------------------------------------------------------------------------------------------------

io_namespace& io_namespace::use(std::function<std::optional<connect_refusal>(socket&)> middleware) {
  handlers_->middlewares.push_back(std::move(middleware));
  return *this;
}

io_namespace& io_namespace::on_connect(std::function<void(socket&)> handler) {
  handlers_->connect.push_back(std::move(handler));
  return *this;
}

io_namespace& io_namespace::on(std::string_view event_name, std::function<void(socket&, event&)> handler) {
  handlers_->events[std::string(event_name)] = std::move(handler);
  return *this;
}

io_namespace& io_namespace::on_any(std::function<void(socket&, event&)> handler) {
  handlers_->any = std::move(handler);
  return *this;
}

io_namespace& io_namespace::on_disconnect(std::function<void(socket&, std::string_view)> handler) {
  handlers_->disconnect.push_back(std::move(handler));
  return *this;
}

io_namespace& io_namespace::with_builtin_events() {
  handlers_->wants_builtin = true;
  return *this;
}

const std::string& io_namespace::name() const { return handlers_->name; }

broadcast_operator io_namespace::everybody() const {
  broadcast_operator b;
  b.core_ = core_;
  b.nsp_ = handlers_->name;
  return b;
}

broadcast_operator io_namespace::to(std::string_view room) const { return everybody().to(room); }
broadcast_operator io_namespace::except(std::string_view room) const { return everybody().except(room); }

// -- broadcast_operator -----------------------------------------------------------------------------------------------

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

namespace {

/// One room of members goes through its sequencer, so that all see one order; a socket's own room has none.
bool through_the_room(const std::vector<std::string>& rooms, const std::vector<std::string>& except) {
  return rooms.size() == 1 && except.empty() && !engineio::parse_socket_id(rooms.front());
}

} // namespace

void broadcast_operator::emit_args(std::string_view event_name, const value& args) const {
  auto wire = embed::to_wire(args);
  auto home = core_.lock();
  if (through_the_room(rooms_, except_)) {
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
  logic::broadcast b{rooms_, except_, within_ == nullptr, std::string(event_name), std::move(wire), volatile_flag_, compress_};
  if (within_)
    within_->out.emplace_back(std::move(b));
  else if (home && home->layer())
    home->layer()->broadcast({nsp_, rooms_, except_}, std::move(b));
}

void broadcast_operator::emit_with_ack(std::string_view event_name, const value& args, std::chrono::milliseconds timeout,
                                       std::function<void(ack_result)> done) const {
  auto home = core_.lock();
  if (!home || !home->layer())
    return done({});
  logic::broadcast b;
  b.event = std::string(event_name);
  b.args = embed::to_wire(args);
  b.compress = compress_;
  home->layer()->broadcast_with_ack({nsp_, rooms_, except_}, std::move(b), timeout, [done](actors::ack_summary s) {
    ack_result r;
    r.expected = s.expected;
    for (auto& [id, a] : s.answers)
      r.answers.push_back({id, embed::from_wire("[" + a.json + "]", a.attachments)});
    done(std::move(r));
  });
}

/// Asks every selected connection something: its answer comes after the control command that it got before.
void broadcast_operator::when_carried_out(std::function<void()> done) const {
  if (done)
    fetch_sockets([done = std::move(done)](const std::vector<socket_info>&) { done(); });
}

void broadcast_operator::sockets_join(std::string_view room, std::function<void()> done) const {
  if (auto home = core_.lock(); home && home->layer())
    home->layer()->control({nsp_, rooms_, except_}, ports::control_join{{std::string(room)}});
  when_carried_out(std::move(done));
}

void broadcast_operator::sockets_leave(std::string_view room, std::function<void()> done) const {
  if (auto home = core_.lock(); home && home->layer())
    home->layer()->control({nsp_, rooms_, except_}, ports::control_leave{{std::string(room)}});
  when_carried_out(std::move(done));
}

void broadcast_operator::disconnect_sockets(bool close_transport) const {
  if (auto home = core_.lock(); home && home->layer())
    home->layer()->control({nsp_, rooms_, except_}, ports::control_disconnect{close_transport});
}

void broadcast_operator::fetch_sockets(std::function<void(std::vector<socket_info>)> found, std::size_t max) const {
  auto home = core_.lock();
  if (!home || !home->layer())
    return found({});
  home->layer()->list_sockets({nsp_, rooms_, except_}, max, [found](std::vector<actors::socket_summary> all) {
    std::vector<socket_info> out;
    for (auto& s : all)
      out.push_back({s.id, s.who.user_id, s.rooms});
    found(std::move(out));
  });
}

} // namespace troupe
