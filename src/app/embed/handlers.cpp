#include "app/embed/handlers.hpp"

#include "app/embed/convert.hpp"
#include "app/embed/core.hpp"
#include "base/log.hpp"

namespace troupe::embed {

namespace {

/// A handler is the program's code: what it throws ends its own event and nothing else.
template<class F>
void guarded(std::string_view nsp, std::string_view what, F&& f) {
  try {
    f();
  } catch (const std::exception& e) {
    log::error("handler-threw", "namespace={} handler={} what={}", nsp, what, e.what());
  } catch (...) {
    log::error("handler-threw", "namespace={} handler={} what=unknown", nsp, what);
  }
}

} // namespace

result<logic::effects> handlers::on_connect(logic::socket_info& info) {
  logic::effects out;
  info.user_data = std::make_shared<std::any>();
  socket_state state{home, info, out};
  socket s(state);
  std::optional<connect_refusal> refused;
  guarded(info.nsp, "use", [&] {
    for (auto& m : middlewares)
      if ((refused = m(s)))
        return;
  });
  if (refused) {
    if (!refused->data.is_null())
      info.refusal_data = to_text(refused->data);
    return error{"refused", refused->message};
  }
  if (builtin) {
    auto more = builtin->on_connect(info);
    if (!more)
      return more.error();
    out.insert(out.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
  }
  guarded(info.nsp, "on_connect", [&] {
    for (auto& h : connect)
      h(s);
  });
  return out;
}

logic::effects handlers::on_event(logic::socket_info& info, const logic::inbound_event& in) {
  auto found = events.find(in.name);
  auto* handler = found != events.end() ? &found->second : any && !builtin ? &any : nullptr;
  if (!handler)
    return builtin ? builtin->on_event(info, in) : logic::effects{};
  logic::effects out;
  socket_state state{home, info, out};
  event_state es{state, in, {}, false};
  socket s(state);
  event e(es);
  guarded(info.nsp, in.name, [&] { (*handler)(s, e); });
  return out;
}

void handlers::on_disconnect(logic::socket_info& info, std::string_view reason) {
  logic::effects last_words;
  socket_state state{home, info, last_words};
  socket s(state);
  guarded(info.nsp, "on_disconnect", [&] {
    for (auto& h : disconnect)
      h(s, reason);
  });
  if (builtin)
    builtin->on_disconnect(info, reason);
  tell_others(info, std::move(last_words));
}

std::string handlers::shown_data(const logic::socket_info& info) {
  const auto* kept = std::any_cast<value>(static_cast<std::any*>(info.user_data.get()));
  return kept ? to_text(*kept) : std::string();
}

/// What a socket that has left still has to say to others; to itself nothing can be said any more.
void handlers::tell_others(const logic::socket_info& gone, logic::effects last_words) {
  auto node = home.lock();
  if (!node || !node->layer())
    return;
  for (auto& e : last_words) {
    if (auto* p = std::get_if<logic::publish>(&e)) {
      node->layer()->publish(gone.nsp, std::move(*p));
    } else if (auto* b = std::get_if<logic::broadcast>(&e)) {
      actors::selection to{gone.nsp, b->rooms, b->except, {}, b->here_only};
      if (!b->include_sender)
        to.except.push_back(gone.id); // its connection may outlive it, and leaves the rooms a moment later
      node->layer()->broadcast(std::move(to), std::move(*b));
    }
  }
}

} // namespace troupe::embed
