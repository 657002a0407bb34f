// Direct messages to who is there. `delivered` is said when the nodes of all sockets have the message: what only the home had sent
// would die with it. Nodes tell repeats by their names, so whatever is uncertain is sent again.

#include "actors/presence_actor.hpp"

#include "actors/hub.hpp"
#include "core/messaging/stamp.hpp"
#include "core/socketio/encoder.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {
namespace {

/// Repeats of one message that wait for its answer.
constexpr std::size_t max_repeats = 100;

std::size_t size_of(const logic::direct& m) {
  std::size_t bytes = m.args.json.size() + m.event.size();
  for (auto& a : m.args.attachments)
    bytes += a.size();
  return bytes;
}

/// As the user's clients get it; its sessions and token are set later.
presence::tell tell_of(std::string_view event, logic::arguments args, const std::string& nsp, const presence::dispatched& place, std::string name) {
  const auto json = messaging::stamped(std::move(args.json), place.ts, place.seq);
  return {std::move(name), place.seq, place.ts, {}, nsp, socketio::event_data(event, json), std::move(args.attachments), 0};
}

} // namespace

void presence_actor::place(presence_direct m) {
  auto name = presence::dispatched_name(m.from, m.what.id);
  if (waits_with_another(m, name))
    return;
  const auto place = model_.on_direct(m.from, m.what.id, m.nsp, size_of(m.what), now(), hub().wall());
  if (!place.duplicate)
    return dispatch(std::move(m), place, std::move(name));
  hub().counts.duplicates.add();
  const auto same = std::find_if(deliveries_.begin(), deliveries_.end(), [&](auto& d) { return d.second.name == name; });
  if (same == deliveries_.end())
    return answer(m, place);
  if (same->second.repeats.size() >= max_repeats)
    return fail(m, {"overloaded", "the first message with this id is not delivered yet; try again"});
  same->second.repeats.push_back(std::move(m));
}

void presence_actor::dispatch(presence_direct m, presence::dispatched place, std::string name) {
  const bool delivered = place.status == presence::delivery_status::delivered;
  const bool for_each_device = delivered && hub().opts.presence.each_device && model_.may_queue(size_of(m.what));
  if (place.status == presence::delivery_status::queued || for_each_device)
    return queue(std::move(m), place, std::move(name));
  if (delivered)
    return deliver(std::move(m), place, std::move(name));
  hub().counts.direct_unreachable.add();
  answer(m, place);
}

void presence_actor::deliver(presence_direct m, presence::dispatched place, std::string name) {
  const auto in_nsp = [&](const presence::place& s) { return s.nsp == m.nsp; };
  const auto elsewhere = std::any_of(model_.sockets().begin(), model_.sockets().end(), [&](auto& s) { return in_nsp(s) && s.node; });
  if (!elsewhere) {
    hub().counts.direct_delivered.add();
    deliver(model_.sockets(), tell_of(m.what.event, std::move(m.what.args), m.nsp, place, std::move(name)));
    return answer(m, place);
  }
  if (deliveries_.size() >= hub().opts.replicas.max_pending) {
    model_.forget(m.from, m.what.id);
    return fail(m, {"overloaded", "too much is on its way to this user; try again in a moment"});
  }
  const auto token = ++home().last_wish;
  if (name.empty()) {
    const auto me = hub().opts.me;
    name = presence::dispatched_name("\1node", std::to_string(me.number) + '.' + std::to_string(me.incarnation) + ".h" + std::to_string(token));
  }
  under_way d{std::move(m), place, name, {}, false, {}, now() + hub().opts.replicas.operation_timeout};
  auto t = tell_of(d.what.what.event, d.what.what.args, d.what.nsp, place, std::move(name));
  t.token = token;
  for (auto& s : model_.sockets())
    if (s.nsp == t.nsp && s.node)
      d.awaited.insert(s.node);
    else
      d.taken |= s.nsp == t.nsp;
  deliveries_.emplace(token, std::move(d));
  deliver(model_.sockets(), std::move(t));
}

void presence_actor::from(cluster::node_ref node, presence::told& m) {
  const auto i = deliveries_.find(m.token);
  if (i == deliveries_.end() || i->second.awaited.erase(node) == 0)
    return;
  i->second.taken = true;
  if (i->second.awaited.empty())
    finish(deliveries_.extract(i).mapped());
}

/// Nobody is awaited any more. Where nobody took it, it goes where the user is now.
void presence_actor::finish(under_way d) {
  if (d.taken) {
    hub().counts.direct_delivered.add();
    answer(d.what, d.place);
    d.place.duplicate = true;
    for (auto& r : d.repeats)
      answer(r, d.place);
    return;
  }
  const auto place = model_.on_undelivered(d.what.from, d.what.what.id, d.place, d.what.nsp, size_of(d.what.what), now());
  dispatch(std::move(d.what), place, std::move(d.name));
  for (auto& r : d.repeats)
    presence_actor::place(std::move(r));
}

/// The sockets of that node are known anew; what it has not confirmed may be lost.
void presence_actor::deliver_again(cluster::node_ref node) {
  std::vector<std::uint64_t> over;
  for (auto& [token, d] : deliveries_) {
    if (!d.awaited.contains(node))
      continue;
    auto t = tell_of(d.what.what.event, d.what.what.args, d.what.nsp, d.place, d.name);
    t.token = token;
    for (auto& s : model_.sockets())
      if (s.node == node && s.nsp == t.nsp)
        t.sessions.push_back(s.session);
    if (!t.sessions.empty())
      send(node, t);
    else if (d.awaited.erase(node); d.awaited.empty())
      over.push_back(token);
  }
  for (auto token : over)
    finish(deliveries_.extract(token).mapped());
}

void presence_actor::expire_deliveries() {
  while (!deliveries_.empty() && deliveries_.begin()->second.until <= now()) {
    auto d = deliveries_.extract(deliveries_.begin()).mapped();
    ++hub().counts.replicas.expired;
    model_.forget(d.what.from, d.what.what.id);
    const error why{"user_unavailable", "a node that has the user's sockets does not answer; try again"};
    fail(d.what, why);
    for (auto& r : d.repeats)
      fail(r, why);
  }
}

/// Another node is the home now. Whoever asked from elsewhere asks it again; without an id it would come twice.
void presence_actor::leave_deliveries() {
  for (auto& [token, d] : std::exchange(deliveries_, {})) {
    d.repeats.insert(d.repeats.begin(), std::move(d.what));
    for (auto& m : d.repeats)
      if (!m.of_peer && m.what.id.empty())
        answer(m, d.place);
      else if (!m.of_peer)
        ask_home({std::move(m), {}});
  }
}

void presence_actor::deliver(const std::vector<presence::place>& to, presence::tell m) {
  std::map<cluster::node_ref, std::vector<session_ref>> by_node;
  for (auto& p : to)
    if (p.nsp == m.nsp)
      by_node[p.node].push_back(p.session);
  for (auto& [node, sessions] : by_node) {
    m.sessions = std::move(sessions);
    if (node)
      send(node, m);
    else
      deliver_here(m);
  }
}

void presence_actor::deliver_here(presence::tell m) {
  socketio::packet p;
  p.nsp = std::move(m.nsp);
  p.data = std::move(m.data);
  p.attachments = std::move(m.attachments);
  hub().close_text(p);
  hub().tell_all(m.sessions, build_outbound(std::move(p), hub().frame_flags()));
}

/// From the home, or from one that was it: what that has taken in for the user counts.
void presence_actor::from(cluster::node_ref node, presence::tell& m) {
  const auto token = m.token;
  if (model_.on_delivery(std::move(m.name), {presence::delivery_status::delivered, m.seq, m.ts, false}, now()))
    deliver_here(std::move(m));
  else
    hub().counts.duplicates.add();
  if (token)
    send(node, presence::told{token});
}

} // namespace troupe::actors
