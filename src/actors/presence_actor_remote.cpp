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
  home().tell_peer(to, cluster::sealed(cluster::addressee::presence, user_, presence::encode({home_.epoch, m})));
}

void presence_actor::tell_home(const presence::message& m) {
  if (home_.node)
    send(home_.node, m); // when it is lost, the link's end makes us say everything again
}

void presence_actor::restore_at_home() {
  tell_home(presence::restore{here_, watching_here_, status_here_, model_.book().last_seen, believed_here_, model_.book().seq});
  // Nobody here keeps these true from now on.
  if (here_.empty())
    status_here_.clear();
  if (watching_here_.empty())
    believed_here_.reset();
  for (auto& [number, w] : wishes_)
    send_wish(number, w);
}

void presence_actor::on(presence_home& m) {
  const bool was_home = at_home();
  const bool news = m.home.node != home_.node || m.home.epoch != home_.epoch;
  home_ = m.home;
  if (!at_home()) {
    if (was_home)
      become_follower();
    std::erase_if(early_, [&](auto& e) { return e.second.back().epoch <= home_.epoch; });
    return restore_at_home();
  }
  if (news)
    heard_.clear();
  if (news && !was_home)
    become_home();
  if (home_.open)
    hear_early_restores();
  model_.all_reported(home_.open);
  tell_news();
  if (!home_.open)
    return;
  hear_early();
  auto waiting = std::exchange(wishes_, {});
  for (auto& [number, w] : waiting)
    std::visit([this](auto& what) { on(what); }, w.what);
}

void presence_actor::become_follower() {
  leave_queue();
  leave_deliveries();
  const auto is = model_.now();
  believed_here_ = believed_.of({});
  if (watching_here_.empty())
    believed_here_ = presence::belief{is.online, is.status};
  if (is.online)
    status_here_ = is.status;
  for (auto& answer : std::exchange(answers_, {}))
    answer(); // as well as this node knows
  believed_.clear();
  model_.forget_places();
  model_.all_reported(true);
  count_online(false);
}

void presence_actor::become_home() {
  remembered_ = false;
  model_.all_reported(false);
  model_.forget_places();
  model_.on_restore({}, here_, watching_here_, believed_here_ && believed_here_->online, now(), hub().wall());
  believed_.clear();
  believed_.set({}, believed_here_);
  if (!here_.empty())
    on_socket_came();
  count_online(model_.now().online);
  if (!status_here_.empty())
    model_.on_status(status_here_, now());
}

/// The sender has heard of this node's slot before this actor has, or it is not open yet.
void presence_actor::keep_early(cluster::node_ref node, presence::letter l) {
  auto& waiting = early_[node];
  if (std::holds_alternative<presence::restore>(l.body))
    waiting.clear(); // it says everything
  if (waiting.size() < hub().opts.replicas.max_pending)
    waiting.push_back(std::move(l));
  else
    ++hub().counts.replicas.expired;
}

/// Before anything is answered or told: what all nodes have.
void presence_actor::hear_early_restores() {
  for (auto& [node, letters] : early_)
    if (auto r = std::get_if<presence::restore>(&letters.front().body); r && letters.front().epoch == home_.epoch)
      from(node, *r);
}

void presence_actor::hear_early() {
  auto early = std::exchange(early_, {});
  for (auto& [node, letters] : early)
    for (auto& l : letters)
      if (l.epoch > home_.epoch)
        keep_early(node, std::move(l));
      else if (l.epoch == home_.epoch && !std::holds_alternative<presence::restore>(l.body))
        std::visit([&, from_node = node](auto& body) { from(from_node, body); }, l.body);
}

void presence_actor::on(presence_peer& m) {
  if (m.what == room_peer::news::up && m.node == home_.node && !at_home())
    restore_at_home();
  if (m.what == room_peer::news::gone)
    early_.erase(m.node);
  if (m.what == room_peer::news::gone && at_home()) {
    model_.on_node_gone(m.node, now(), hub().wall());
    on_node_went(m.node);
    deliver_again(m.node);
    believed_.forget(m.node);
  }
}

void presence_actor::on(presence_from_peer& m) {
  auto l = presence::decode(m.payload);
  if (!l) {
    ++hub().counts.replicas.bad_messages;
    return;
  }
  const bool current = l->epoch == home_.epoch;
  bool heard = current && at_home() && home_.open;
  if (!presence::is_for_home(l->body)) // what a former home says of the user is out of date; messages that it had taken for the user are not
    heard = (current && m.from == home_.node) || std::holds_alternative<presence::tell>(l->body);
  else if (std::holds_alternative<presence::told>(l->body))
    heard = true; // whichever home that node believes in: it has the message
  else if (l->epoch > home_.epoch || (current && at_home() && !home_.open))
    return keep_early(m.from, std::move(*l));
  // A sender that is behind will hear who is the home, and says everything again then.
  if (heard)
    std::visit([&](auto& body) { from(m.from, body); }, l->body);
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
  if (at_home())
    return; // it waits until the slot is open
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
                          if (m.now.last_seen)
                            model_.seen(*m.now.last_seen);
                          if (!watching_here_.empty()) // it may have left meanwhile
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

void presence_actor::from(cluster::node_ref, presence::became& m) {
  if (m.now.last_seen)
    model_.seen(*m.now.last_seen);
  const presence::belief is{m.now.online, m.now.status};
  tell(m.watchers, m.now, presence::news_to(std::exchange(believed_here_, is), is));
}

// -- what other nodes want from the home --

void presence_actor::from(cluster::node_ref node, presence::restore& m) {
  // Of a user whom nobody has the others' beliefs tell that there was somebody a moment ago. Whoever was only unlinked believes what
  // the user was then.
  const bool first = heard_.insert(node).second;
  const bool was_online = first && m.believed && m.believed->online;
  const auto word = m.status.empty() && was_online ? m.believed->status : m.status;
  if (m.last_seen)
    model_.seen(*m.last_seen);
  model_.counted(m.seq);
  for (auto* list : {&m.sockets, &m.watchers})
    for (auto& p : *list)
      p.node = node;
  model_.on_restore(node, m.sockets, m.watchers, was_online, now(), hub().wall());
  believed_.set(node, std::move(m.believed));
  if (!word.empty())
    model_.on_status(word, now());
  deliver_again(node);
  if (!m.sockets.empty())
    on_socket_came();
  count_online(model_.now().online);
  tell_news();
}

void presence_actor::from(cluster::node_ref node, presence::attach& m) {
  m.socket.node = node;
  arrive(m.socket, m.at);
}

void presence_actor::from(cluster::node_ref node, presence::detach& m) {
  m.socket.node = node;
  on_socket_went(m.socket);
  model_.on_disconnect(m.socket, now(), m.at);
}

void presence_actor::from(cluster::node_ref, presence::say& m) {
  if (model_.on_status(std::move(m.status), now()))
    tell_news();
}

void presence_actor::from(cluster::node_ref node, presence::watch& m) {
  m.watcher.node = node;
  const auto state = take_watcher(m.watcher);
  presence::done d;
  d.number = m.number;
  if (!state) {
    d.failed = state.error();
    return send(node, d);
  }
  when_remembered([this, node, d]() mutable {
    d.now = as_told(node);
    d.text = presence::state_text(user_, d.now);
    send(node, d);
  });
}

void presence_actor::from(cluster::node_ref node, presence::unwatch& m) {
  m.watcher.node = node;
  model_.on_unwatch(m.watcher, now());
}

void presence_actor::from(cluster::node_ref node, presence::send& m) {
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
  presence::done d;
  d.number = m.number;
  when_remembered([this, node, d]() mutable {
    d.now = model_.now();
    d.sockets = model_.sockets().size();
    send(node, d);
  });
}

void presence_actor::from(cluster::node_ref, presence::bereft&) { make_sure_gone(); }

} // namespace troupe::actors
