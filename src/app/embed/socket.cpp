#include "troupe/socket.hpp"

#include "app/embed/convert.hpp"
#include "app/embed/core.hpp"
#include "troupe/event.hpp"

namespace troupe {

// -- socket -----------------------------------------------------------------------------------------------------------

const std::string& socket::id() const { return state_->info.id; }
bool socket::recovered() const { return state_->info.recovered; }
const std::string& socket::nsp() const { return state_->info.nsp; }
const std::string& socket::user_id() const { return state_->info.who.user_id; }
const std::string& socket::tenant_id() const { return state_->info.who.tenant_id; }
bool socket::has_role(std::string_view role) const { return state_->info.who.has_role(role); }
bool socket::has_permission(std::string_view p) const { return state_->info.who.has_permission(p); }
std::string_view socket::header(std::string_view name) const { return state_->info.shake->headers.find(name); }
std::string_view socket::address() const { return state_->info.shake->address; }
const std::vector<std::string>& socket::rooms() const { return state_->info.rooms; }
std::any& socket::data() { return *static_cast<std::any*>(state_->info.user_data.get()); }

value socket::auth() const {
  auto& text = state_->info.auth;
  return text.empty() ? value::object() : value::parse(text, nullptr, false);
}

std::string_view socket::query(std::string_view name) const { return state_->info.shake->query.find(name); }

namespace {

logic::emit make_emit(std::string_view event_name, const value& args) {
  logic::emit e;
  e.event = std::string(event_name);
  e.args = embed::to_wire(args);
  return e;
}

} // namespace

void socket::emit_args(std::string_view event_name, const value& args) { state_->out.emplace_back(make_emit(event_name, args)); }

void socket::emit_volatile(std::string_view event_name, const value& args) {
  auto e = make_emit(event_name, args);
  e.is_volatile = true;
  state_->out.emplace_back(std::move(e));
}

void socket::emit_with_ack(std::string_view event_name, const value& args, std::chrono::milliseconds timeout,
                           std::function<void(ack_reply)> done) {
  auto e = make_emit(event_name, args);
  e.ack_timeout = timeout;
  e.on_ack = [done](result<logic::arguments> r) {
    if (r)
      done({embed::from_wire("[" + r->json + "]", r->attachments), {}});
    else
      done({{}, r.error().code});
  };
  state_->out.emplace_back(std::move(e));
}

void socket::join(std::string_view room) { state_->out.emplace_back(logic::join{std::string(room)}); }
void socket::leave(std::string_view room) { state_->out.emplace_back(logic::leave{std::string(room)}); }
void socket::disconnect(bool close_transport) { state_->out.emplace_back(logic::disconnect{close_transport}); }

broadcast_operator socket::broadcast() const {
  broadcast_operator b;
  b.core_ = state_->home;
  b.within_ = state_;
  b.nsp_ = state_->info.nsp;
  return b;
}

broadcast_operator socket::to(std::string_view room) const { return broadcast().to(room); }

socket_handle socket::handle() const {
  socket_handle h;
  h.core_ = state_->home;
  h.nsp_ = state_->info.nsp;
  h.id_ = state_->info.id;
  return h;
}

// -- socket_handle ----------------------------------------------------------------------------------------------------

namespace {

void perform(const std::weak_ptr<embed::core>& core, const std::string& nsp, const std::string& id, logic::effect what) {
  auto home = core.lock();
  if (!home || !home->layer())
    return;
  logic::effects one;
  one.push_back(std::move(what));
  home->layer()->perform(nsp, id, std::move(one));
}

} // namespace

void socket_handle::emit_args(std::string_view event_name, const value& args) const {
  perform(core_, nsp_, id_, make_emit(event_name, args));
}
void socket_handle::emit_with_ack(std::string_view event_name, const value& args, std::chrono::milliseconds timeout,
                                  std::function<void(ack_reply)> done) const {
  auto home = core_.lock();
  if (!home || !home->layer())
    return done({{}, "disconnected"});
  logic::broadcast b;
  b.event = std::string(event_name);
  b.args = embed::to_wire(args);
  home->layer()->broadcast_with_ack({nsp_, {id_}, {}}, std::move(b), timeout, [done](actors::ack_summary s) {
    if (s.answers.empty())
      return done({{}, s.failed ? s.failed->code : s.expected == 0 && s.silent.empty() ? "disconnected" : "ack_timeout"});
    auto& a = s.answers.front().second;
    done({embed::from_wire("[" + a.json + "]", a.attachments), {}});
  });
}
void socket_handle::join(std::string_view room) const { perform(core_, nsp_, id_, logic::join{std::string(room)}); }
void socket_handle::leave(std::string_view room) const { perform(core_, nsp_, id_, logic::leave{std::string(room)}); }
void socket_handle::disconnect(bool close_transport) const { perform(core_, nsp_, id_, logic::disconnect{close_transport}); }

// -- event ------------------------------------------------------------------------------------------------------------

std::string_view event::name() const { return state_->in.name; }
std::string_view event::text() const { return state_->in.args; }
bool event::wants_ack() const { return state_->in.wants_ack; }

const value& event::args() const {
  if (!state_->args)
    state_->args = embed::from_wire(state_->in.args, state_->in.attachments);
  return *state_->args;
}

const value& event::operator[](std::size_t i) const {
  static const value none;
  return i < args().size() ? args()[i] : none;
}

void event::acknowledge(const value& args) {
  if (!state_->in.wants_ack || std::exchange(state_->acked, true))
    return;
  state_->socket.out.emplace_back(logic::reply{embed::to_wire(args), {}});
}

responder event::later() const {
  responder r;
  r.core_ = state_->socket.home;
  r.nsp_ = state_->socket.info.nsp;
  r.socket_id_ = state_->socket.info.id;
  r.ack_id_ = state_->in.ack_id;
  r.wanted_ = state_->in.wants_ack;
  return r;
}

void responder::answer(value args) const {
  if (wanted_)
    perform(core_, nsp_, socket_id_, logic::reply{embed::to_wire(args), ack_id_});
}

} // namespace troupe
