#include "actors/presence_actor.hpp"

#include "actors/hub.hpp"
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
    home_(home.slots.home_of(user_)), used_(now()) {}

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
  hub().record->presence(user_, state);
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
  const auto passed = model_.on_time(now());
  tend_queue();
  if (passed.went_offline) {
    count_online(false);
    tell_news();
  }
  show();
  const bool needed_here = !here_.empty() || !watching_here_.empty() || !wishes_.empty() || works_on_queue();
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
  also(next_queue_deadline());
  wake_at(next);
}

void presence_actor::on(presence_attach& m) {
  if (hub().links && std::find(here_.begin(), here_.end(), m.socket) == here_.end())
    here_.push_back(m.socket);
  if (at_home())
    return arrive(m.socket);
  tell_home(presence::attach{m.socket});
}

void presence_actor::arrive(const presence::place& socket) {
  model_.on_connect(socket, now(), hub().wall());
  on_socket_came();
  count_online(true);
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
  if (at_home())
    return model_.on_disconnect(m.socket, now(), hub().wall());
  tell_home(presence::detach{m.socket});
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
  if (!at_home())
    return ask_home({std::move(m), {}});
  const bool first = !watched_from({});
  auto state = model_.on_watch(m.watcher, now());
  if (state)
    believed_.answered({}, {state->online, state->status}, first);
  if (!m.answer)
    return;
  if (state)
    m.answer->add(presence::state_text(user_, *state));
  else
    m.answer->fail(state.error());
}

void presence_actor::on(presence_unwatch& m) {
  std::erase(watching_here_, m.watcher);
  if (at_home())
    return model_.on_unwatch(m.watcher, now());
  tell_home(presence::unwatch{m.watcher});
}

void presence_actor::on(presence_direct& m) {
  if (!at_home())
    return ask_home({std::move(m), {}});
  take_in(std::move(m));
}

void presence_actor::place(presence_direct m) {
  const auto name = m.what.id.empty() ? std::string() : messaging::id_of_user(m.from, m.what.id);
  if (waits_with_another(m, name))
    return;
  std::size_t bytes = m.what.args.json.size() + m.what.event.size();
  for (auto& a : m.what.args.attachments)
    bytes += a.size();
  const auto place = model_.on_direct(m.from, m.what.id, m.nsp, bytes, now(), hub().wall());
  if (place.duplicate) {
    hub().counts.duplicates.add();
    return answer(m, place);
  }
  m.what.args.json = messaging::stamped(std::move(m.what.args.json), place.ts, place.seq);
  const bool delivered = place.status == presence::delivery_status::delivered;
  const bool for_each_device = delivered && hub().opts.presence.each_device && model_.may_queue(bytes);
  if (place.status == presence::delivery_status::queued || for_each_device)
    return queue(std::move(m), place, name);
  (delivered ? hub().counts.direct_delivered : hub().counts.direct_unreachable).add();
  if (delivered)
    deliver(model_.sockets(), m.nsp, socketio::event_data(m.what.event, m.what.args.json), std::move(m.what.args.attachments));
  answer(m, place);
}

void presence_actor::deliver(const std::vector<presence::place>& to, const std::string& nsp, const std::string& data,
                             std::vector<std::string> attachments, std::optional<presence::belief> news) {
  std::map<cluster::node_ref, std::vector<session_ref>> by_node;
  for (auto& p : to)
    if (p.nsp == nsp)
      by_node[p.node].push_back(p.session);
  for (auto& [node, sessions] : by_node)
    if (node)
      send(node, presence::tell{std::move(sessions), nsp, data, attachments, news});
  auto here = by_node.find({});
  if (here == by_node.end())
    return;
  socketio::packet p;
  p.nsp = nsp;
  p.data = data;
  p.attachments = std::move(attachments);
  hub().close_text(p);
  hub().tell_all(here->second, build_outbound(std::move(p), hub().frame_flags()));
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
  if (!at_home())
    return ask_home({std::move(m), {}});
  auto state = model_.now();
  m.found({state.online, state.status, state.last_seen, model_.sockets().size()});
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
    if (news.came_or_went && state.online)
      tell(watchers, "user_online", presence::online_text(user_), is);
    else if (news.came_or_went)
      tell(watchers, "user_offline", presence::offline_text(user_, state), is);
    if (news.update)
      tell(watchers, "presence:update", presence::state_text(user_, state), is);
  }
}

void presence_actor::tell(const std::vector<presence::place>& watchers, std::string_view event, const std::string& object,
                          const presence::belief& is) {
  std::set<std::string_view> nsps;
  for (auto& w : watchers)
    nsps.insert(w.nsp);
  for (auto nsp : nsps) {
    hub().counts.events_out.add();
    deliver(watchers, std::string(nsp), socketio::event_data(event, object), {}, is);
  }
}

bool presence_actor::watched_from(cluster::node_ref node) const {
  return std::any_of(model_.watchers().begin(), model_.watchers().end(), [&](auto& w) { return w.node == node; });
}

} // namespace troupe::actors
