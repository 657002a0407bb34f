#include "actors/presence_actor.hpp"

#include "actors/hub.hpp"
#include "actors/keys_messages.hpp"
#include "actors/queue_work.hpp"
#include "actors/watch_answer.hpp"
#include "base/log.hpp"
#include "core/messaging/answers.hpp"
#include "core/messaging/stamp.hpp"
#include "core/presence/presence_texts.hpp"
#include "core/socketio/encoder.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace troupe::actors {
presence_actor::presence_actor(caf::actor_config& cfg, shard& home, std::string user, std::shared_ptr<presence::ledger> book)
  : pinned(cfg, home), user_(std::move(user)), model_(hub().opts.presence, std::move(book), now()),
    home_(home.slots.home_of(user_)), used_(now()) {
  model_.all_reported(!at_home() || home_.open);
}

presence_actor::~presence_actor() = default;

caf::behavior presence_actor::make_behavior() {
  return {[this](presence_op& op) { on_op(op); },
          [this](wake) { on_wake(); }};
}

bool presence_actor::at_home() const { return home_.node == hub().opts.me; }

void presence_actor::on_end() { count_online(false); }

void presence_actor::count_online(bool online) {
  if (online == counted_online_)
    return;
  counted_online_ = online;
  hub().counts.users_online.add(online ? 1 : -1);
}

void presence_actor::show() {
  if (!hub().record)
    return;
  if (!at_home()) {
    if (std::exchange(shown_, std::nullopt))
      hub().record->presence_moved(user_);
    return;
  }
  const auto state = model_.now();
  if (!state.online && !shown_)
    return; // nobody was told that it was
  const std::pair is{state.online, state.status};
  if (std::exchange(shown_, is) == is)
    return;
  if (!state.online)
    shown_.reset();
  gone_shown_ = !state.online;
  hub().record->presence(user_, state);
}

void presence_actor::when_remembered(std::function<void()> answer) {
  if (remembered_ || !hub().keys || model_.now().online)
    return answer();
  answers_.push_back(std::move(answer));
  if (answers_.size() == 1)
    caf::anon_send(hub().keys, keys_last_seen{user_});
}

void presence_actor::on(presence_remembered& m) {
  remembered_ = true;
  if (m.last_seen)
    model_.seen(*m.last_seen);
  for (auto& answer : std::exchange(answers_, {}))
    answer();
}

void presence_actor::on(presence_bereft&) {
  if (at_home())
    make_sure_gone();
  else
    tell_home(presence::bereft{});
}

void presence_actor::make_sure_gone() {
  if (!hub().record || model_.now().online || model_.undecided() || gone_shown_)
    return;
  gone_shown_ = true;
  model_.seen(hub().wall());
  hub().record->presence(user_, model_.now());
}

void presence_actor::on_op(presence_op& op) {
  ++seen_;
  used_ = now();
  std::visit([this](auto& m) { on(m); }, op);
  tend_queue();
  show();
  schedule();
}

void presence_actor::on_wake() {
  expire_wishes();
  expire_deliveries();
  const auto passed = model_.on_time(now());
  tend_queue();
  if (passed.went_offline) {
    count_online(false);
    tell_news();
  }
  show();
  const bool needed_here = !here_.empty() || !watching_here_.empty() || !wishes_.empty() || !deliveries_.empty() || works_on_queue();
  const bool quiet = now() - used_ >= hub().opts.presence.idle_timeout;
  if (at_home() ? passed.idle && !needed_here : quiet && !needed_here)
    caf::anon_send(hub().directories[home().index], presence_idle{user_, seen_});
  else
    schedule();
}

void presence_actor::schedule() {
  std::optional<time_point> next;
  const auto also = [&next](std::optional<time_point> at) {
    if (at && (!next || *at < *next))
      next = at;
  };
  if (at_home())
    also(model_.next_deadline());
  else if (here_.empty() && watching_here_.empty())
    also(used_ + hub().opts.presence.idle_timeout);
  if (!wishes_.empty())
    also(wishes_.begin()->second.until);
  if (!deliveries_.empty())
    also(deliveries_.begin()->second.until);
  also(next_queue_deadline());
  wake_at(next);
}

void presence_actor::on(presence_attach& m) {
  if (hub().links && std::find(here_.begin(), here_.end(), m.socket) == here_.end())
    here_.push_back(m.socket);
  const auto at = hub().wall();
  if (at_home())
    return arrive(m.socket, at);
  model_.seen(at);
  tell_home(presence::attach{m.socket, at});
}

void presence_actor::arrive(const presence::place& socket, unix_ms at) {
  model_.on_connect(socket, now(), at);
  on_socket_came();
  count_online(true);
  remembered_ = true; // nothing that is stored is newer
  tell_news();
}

void presence_actor::on(presence_disconnect& m) {
  const auto& sockets = hub().links ? here_ : model_.sockets();
  for (auto& s : sockets)
    if (s.nsp == m.nsp)
      hub().to_connection(s.session, ports::control{m.nsp, ports::control_disconnect{m.close_transport}, m.reached});
}

void presence_actor::on(presence_detach& m) {
  std::erase(here_, m.socket);
  on_socket_went(m.socket);
  if (here_.empty())
    status_here_.clear();
  const auto at = hub().wall();
  if (at_home())
    return model_.on_disconnect(m.socket, now(), at);
  model_.seen(at);
  tell_home(presence::detach{m.socket, at});
}

void presence_actor::on(presence_status& m) {
  if (hub().links)
    status_here_ = m.word;
  if (!at_home())
    return tell_home(presence::say{std::move(m.word)});
  if (model_.on_status(std::move(m.word), now()))
    tell_news();
}

void presence_actor::on(presence_watch& m) {
  if (hub().links && std::find(watching_here_.begin(), watching_here_.end(), m.watcher) == watching_here_.end())
    watching_here_.push_back(m.watcher);
  if (!answers())
    return ask_home({std::move(m), {}});
  const auto state = take_watcher(m.watcher);
  if (!m.answer)
    return;
  if (!state)
    return m.answer->fail(state.error());
  when_remembered([this, answer = m.answer] { answer->add(presence::state_text(user_, as_told({}))); });
}

result<presence::state> presence_actor::take_watcher(const presence::place& w) {
  const bool first = !watched_from(w.node);
  auto state = model_.on_watch(w, now());
  if (!state)
    return state;
  if (!first)
    state = as_told(w.node);
  believed_.answered(w.node, {state->online, state->status}, first);
  return state;
}

/// While nobody knows whether the user is there, what is told then must be news to all of them or to none.
presence::state presence_actor::as_told(cluster::node_ref node) const {
  auto state = model_.now();
  if (const auto believed = believed_.of(node); believed && model_.undecided()) {
    state.online = believed->online;
    state.status = believed->status;
  }
  return state;
}

void presence_actor::on(presence_unwatch& m) {
  std::erase(watching_here_, m.watcher);
  if (watching_here_.empty())
    believed_here_.reset();
  if (at_home())
    return model_.on_unwatch(m.watcher, now());
  tell_home(presence::unwatch{m.watcher});
}

void presence_actor::on(presence_direct& m) {
  if (!answers())
    return ask_home({std::move(m), {}});
  take_in(std::move(m));
}

void presence_actor::answer(const presence_direct& m, const presence::dispatched& place) {
  const auto status = presence::to_string(place.status);
  if (m.sender) {
    hub().answer(*m.sender, m.nsp, m.ack, messaging::sent(m.what.id, status, place.ts));
    hub().tell(*m.sender, hub().event(m.nsp, "message:sent", {presence::sent_text(m.what.id, status), {}}, hub().frame_flags()));
  }
  if (m.done)
    m.done(direct_outcome{place.status, place.ts, place.duplicate});
}

void presence_actor::fail(const presence_direct& m, const error& why) {
  if (m.sender)
    hub().to_connection(*m.sender, refused{m.nsp, m.ack, why, {}});
  if (m.done)
    m.done(why);
}

void presence_actor::on(presence_recover&) {
  log::warn("presence-restarted", "user={}", user_);
  model_.recover(now());
  believed_.set({}, presence::belief{true, model_.now().status});
  count_online(true);
  hub().to_all_connections(report_user{user_});
}

void presence_actor::on(presence_describe& m) {
  if (!m.found)
    return;
  if (!answers())
    return ask_home({std::move(m), {}});
  when_remembered([this, found = std::move(m.found)] {
    auto state = model_.now();
    found({state.online, state.status, state.last_seen, model_.sockets().size()});
  });
}

void presence_actor::tell_news() {
  if (model_.undecided())
    return;
  const auto state = model_.now();
  const presence::belief is{state.online, state.status};
  std::map<cluster::node_ref, std::vector<presence::place>> by_node;
  for (auto& w : model_.watchers())
    by_node[w.node].push_back(w);
  for (auto& [node, watchers] : by_node) {
    const auto news = believed_.tell(node, is);
    if (!node)
      tell(watchers, state, news);
    else if (news.update)
      send(node, presence::became{state, std::move(watchers)});
  }
}

void presence_actor::tell(const std::vector<presence::place>& watchers, const presence::state& is, const presence::news& news) {
  if (news.came_or_went && is.online)
    tell(watchers, "user_online", presence::online_text(user_));
  else if (news.came_or_went)
    tell(watchers, "user_offline", presence::offline_text(user_, is));
  if (news.update)
    tell(watchers, "presence:update", presence::state_text(user_, is));
}

void presence_actor::tell(const std::vector<presence::place>& watchers, std::string_view event, const std::string& object) {
  std::set<std::string_view> nsps;
  for (auto& w : watchers)
    nsps.insert(w.nsp);
  for (auto nsp : nsps) {
    hub().counts.events_out.add();
    deliver(watchers, {{}, 0, 0, {}, std::string(nsp), socketio::event_data(event, object), {}});
  }
}

bool presence_actor::watched_from(cluster::node_ref node) const {
  return std::any_of(model_.watchers().begin(), model_.watchers().end(), [&](auto& w) { return w.node == node; });
}

} // namespace troupe::actors
