// A user whose home is another node, and a home whose user is on other nodes.

#include "actors/presence_actor.hpp"

#include "actors/hub.hpp"
#include "actors/watch_answer.hpp"
#include "core/cluster/envelope.hpp"
#include "core/messaging/answers.hpp"
#include "core/presence/presence_texts.hpp"

#include <caf/send.hpp>

namespace troupe::actors {
namespace {

template <class... F>
struct overloaded : F... {
  using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;

} // namespace

void presence_actor::send(cluster::node_ref to, const presence::message& m) {
  home().tell_peer(to, cluster::sealed(cluster::addressee::presence, user_, presence::encode(m)));
}

void presence_actor::tell_home(const presence::message& m) {
  if (home_.node)
    send(home_.node, m); // when it is lost, the link's end makes us say everything again
}

void presence_actor::restore_at_home() {
  presence::restore r{home_.epoch, here_, watching_here_, status_here_, model_.book().last_seen, believed_here_};
  tell_home(r);
  for (auto& [number, w] : wishes_)
    send_wish(number, w);
}

void presence_actor::on(presence_home& m) {
  const bool was_home = at_home();
  const bool news = m.home.node != home_.node || m.home.epoch != home_.epoch;
  home_ = m.home;
  if (!at_home()) {
    if (was_home) {
      leave_queue();
      believed_here_ = believed_.of({});
      if (watching_here_.empty())
        believed_here_ = presence::belief{model_.now().online, model_.now().status};
      believed_.clear();
      model_.forget_places();
      count_online(false);
    }
    std::erase_if(early_, [&](auto& e) { return e.second.epoch <= home_.epoch; });
    return restore_at_home();
  }
  if (!news)
    return;
  if (!was_home) {
    model_.forget_places();
    model_.on_restore({}, here_, watching_here_, believed_here_ && believed_here_->online, now());
    believed_.clear();
    believed_.set({}, believed_here_);
    if (!here_.empty())
      on_socket_came();
    count_online(model_.now().online);
    if (!status_here_.empty())
      model_.on_status(status_here_, now());
  }
  auto early = std::move(early_);
  early_.clear();
  for (auto& [node, r] : early)
    if (r.epoch == home_.epoch)
      from(node, r);
  auto waiting = std::move(wishes_);
  wishes_.clear();
  for (auto& [number, w] : waiting)
    std::visit([this](auto& what) { on(what); }, w.what);
  tell_news();
}

void presence_actor::on(presence_peer& m) {
  if (m.what == room_peer::news::up && m.node == home_.node && !at_home())
    restore_at_home();
  if (m.what == room_peer::news::gone && at_home()) {
    model_.on_node_gone(m.node, now(), hub().wall());
    on_node_went(m.node);
    believed_.forget(m.node);
  }
}

void presence_actor::on(presence_from_peer& m) {
  auto message = presence::decode(m.payload);
  if (message)
    std::visit([&](auto& body) { from(m.from, body); }, *message);
  else
    ++hub().counts.replicas.bad_messages;
}

// -- wishes of this node --

void presence_actor::ask_home(wish w) {
  if (wishes_.size() >= hub().opts.replicas.max_pending)
    return fail(w, {"overloaded", "too much waits for this user; try again in a moment"});
  w.until = now() + hub().opts.replicas.operation_timeout;
  const auto number = ++home().last_wish;
  const auto& kept = wishes_.emplace(number, std::move(w)).first->second;
  send_wish(number, kept);
}

void presence_actor::send_wish(std::uint64_t number, const wish& w) {
  std::visit(overloaded{[&](const presence_watch& m) { tell_home(presence::watch{number, m.watcher}); },
                        [&](const presence_direct& m) { tell_home(presence::send{number, m.from, m.nsp, m.what}); },
                        [&](const presence_describe&) { tell_home(presence::describe{number}); }},
             w.what);
}

void presence_actor::expire_wishes() {
  while (!wishes_.empty() && wishes_.begin()->second.until <= now()) {
    ++hub().counts.replicas.expired;
    auto w = std::move(wishes_.begin()->second);
    wishes_.erase(wishes_.begin());
    fail(w, {"user_unavailable", "the node that keeps this user's presence cannot be reached; try again"});
  }
}

void presence_actor::fail(wish& w, const error& why) {
  std::visit(overloaded{[&](presence_watch& m) {
                          if (m.answer)
                            m.answer->fail(why);
                        },
                        [&](presence_direct& m) { fail(m, why); },
                        [&](presence_describe& m) { m.found({false, "unknown", std::nullopt, 0}); }},
             w.what);
}

void presence_actor::from(cluster::node_ref, presence::done& m) {
  auto i = wishes_.find(m.number);
  if (i == wishes_.end())
    return;
  auto w = std::move(i->second);
  wishes_.erase(i);
  if (m.failed)
    return fail(w, *m.failed);
  std::visit(overloaded{[&](presence_watch& asked) {
                          believed_here_ = presence::belief{m.now.online, m.now.status};
                          if (asked.answer)
                            asked.answer->add(m.text);
                        },
                        [&](presence_direct& asked) { answer(asked, {m.status, 0, m.ts, m.duplicate}); },
                        [&](presence_describe& asked) {
                          asked.found({m.now.online, m.now.status, m.now.last_seen, static_cast<std::size_t>(m.sockets)});
                        }},
             w.what);
}

void presence_actor::from(cluster::node_ref, presence::tell& m) {
  if (m.news)
    believed_here_ = std::move(m.news);
  socketio::packet p;
  p.nsp = m.nsp;
  p.data = std::move(m.data);
  p.attachments = std::move(m.attachments);
  hub().close_text(p);
  hub().tell_all(m.sessions, build_outbound(std::move(p), hub().frame_flags()));
}

// -- what other nodes want from the home --

void presence_actor::from(cluster::node_ref node, presence::restore& m) {
  if (m.epoch > home_.epoch || !at_home()) {
    // The sender has heard of this node's new slots before this actor has; or it is behind and will hear who is the home.
    if (m.epoch > home_.epoch)
      early_.insert_or_assign(node, std::move(m));
    return;
  }
  if (m.last_seen)
    model_.seen(*m.last_seen);
  for (auto* list : {&m.sockets, &m.watchers})
    for (auto& p : *list)
      p.node = node;
  model_.on_restore(node, m.sockets, m.watchers, m.believed && m.believed->online, now());
  believed_.set(node, std::move(m.believed));
  if (!m.status.empty())
    model_.on_status(m.status, now());
  if (!m.sockets.empty())
    on_socket_came();
  count_online(model_.now().online);
  tell_news();
}

void presence_actor::from(cluster::node_ref node, presence::attach& m) {
  m.socket.node = node;
  if (at_home())
    arrive(m.socket);
}

void presence_actor::from(cluster::node_ref node, presence::detach& m) {
  m.socket.node = node;
  if (!at_home())
    return;
  on_socket_went(m.socket);
  model_.on_disconnect(m.socket, now(), hub().wall());
}

void presence_actor::from(cluster::node_ref, presence::say& m) {
  if (at_home() && model_.on_status(std::move(m.status), now()))
    tell_news();
}

void presence_actor::from(cluster::node_ref node, presence::watch& m) {
  if (!at_home())
    return;
  m.watcher.node = node;
  const bool first = !watched_from(node);
  auto state = model_.on_watch(m.watcher, now());
  presence::done d;
  d.number = m.number;
  if (state) {
    believed_.answered(node, {state->online, state->status}, first);
    d.now = *state;
    d.text = presence::state_text(user_, *state);
  } else {
    d.failed = state.error();
  }
  send(node, d);
}

void presence_actor::from(cluster::node_ref node, presence::unwatch& m) {
  m.watcher.node = node;
  if (at_home())
    model_.on_unwatch(m.watcher, now());
}

void presence_actor::from(cluster::node_ref node, presence::send& m) {
  if (!at_home())
    return;
  presence_direct wanted{{}, m.from, m.nsp, std::move(m.what), {}, {}, true};
  if (wanted.what.id.empty()) {
    // A wish that comes again after a link was lost is known by its number.
    wanted.from = "\1node";
    wanted.what.id = std::to_string(node.number) + '.' + std::to_string(node.incarnation) + '.' + std::to_string(m.number);
  }
  wanted.done = [this, node, number = m.number](const result<direct_outcome>& r) {
    presence::done d;
    d.number = number;
    if (r) {
      d.status = r->status;
      d.ts = r->ts;
      d.duplicate = r->duplicate;
    } else {
      d.failed = r.error();
    }
    send(node, d);
  };
  take_in(std::move(wanted));
}

void presence_actor::from(cluster::node_ref node, presence::describe& m) {
  if (!at_home())
    return;
  presence::done d;
  d.number = m.number;
  d.now = model_.now();
  d.sockets = model_.sockets().size();
  send(node, d);
}

} // namespace troupe::actors
