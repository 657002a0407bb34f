// Direct messages to a user who is away: into the queue at the user's home, and from there to the next socket, wherever it is.
//
// The home reads the queue when a socket comes, gives what it finds to one socket's node, and lets newer messages wait until that
// node has said that the socket has it. The node takes it out of the queue. Should the home die in between, the next one reads the
// same again; the node knows what its sockets have had.

#include "actors/presence_actor.hpp"

#include "actors/hub.hpp"
#include "actors/queue_work.hpp"
#include "base/log.hpp"
#include "core/messaging/stamp.hpp"
#include "core/socketio/encoder.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

constexpr duration read_again{1'000};
/// Repeats of one message that wait for its answer.
constexpr std::size_t max_repeats = 100;

} // namespace

bool presence_actor::keeps_messages() const { return hub().opts.presence.queue_offline; }

queue_work& presence_actor::work() {
  if (!queue_)
    queue_ = std::make_unique<queue_work>(!std::exchange(queue_known_, true), home().last_wish, hub().opts.presence.each_device);
  return *queue_;
}

bool presence_actor::works_on_queue() const { return queue_ && queue_->under_way(); }

std::optional<time_point> presence_actor::next_queue_deadline() const {
  return queue_ ? queue_->delivery.next_deadline() : std::nullopt;
}

void presence_actor::on_socket_came() {
  if (keeps_messages() && (queue_ || !queue_known_ || hub().opts.presence.each_device))
    work().delivery.on_socket_came();
}

void presence_actor::on_socket_went(const presence::place& socket) {
  if (!queue_)
    return;
  queue_->delivery.on_socket_gone(socket);
  if (!socket.node)
    std::erase_if(queue_->had, [&](auto& h) { return h.second == socket.session; });
}

void presence_actor::on_node_went(cluster::node_ref node) {
  if (queue_)
    queue_->delivery.on_node_gone(node);
}

/// Another node is the home now: it reads the queue itself.
void presence_actor::leave_queue() {
  queue_known_ = false;
  if (!queue_)
    return;
  queue_->delivery = presence::queued_delivery(true, home().last_wish, hub().opts.presence.each_device);
  auto held = std::move(queue_->held);
  queue_->held.clear();
  for (auto& m : held)
    if (!m.of_peer)
      ask_home({std::move(m), {}});
}

void presence_actor::tend_queue() {
  if (!queue_)
    return;
  queue_->delivery.on_time(now());
  if (at_home() && queue_->delivery.wants_to_read(model_.sockets(), now()))
    read_queue();
  while (!queue_->held.empty() && !queue_->delivery.busy()) {
    auto next = std::move(queue_->held.front());
    queue_->held.pop_front();
    place(std::move(next));
  }
  if (!queue_->under_way() && queue_->had.empty() && queue_->delivery.at_rest())
    queue_.reset();
}

void presence_actor::read_queue() {
  const auto token = queue_->delivery.begin_reading();
  // A node that was stopped may believe in rooms and users that another one has taken: what it gave would come twice.
  if (clock::now() >= hub().sure_until.load(std::memory_order_acquire))
    return queue_->delivery.on_read_failed(token, now() + read_again);
  hub().offline->read(user_, hub().opts.presence.queue,
                      [hub = hub().shared_from_this(), user = user_, token](result<presence::queue_content> found) {
                        hub->to_presence(user, presence_waiting{token, std::move(found)});
                      });
}

/// Messages to sockets in this namespace wait behind what is in the queue; also if it will be read at the end of this turn only.
bool presence_actor::must_wait(const std::string& nsp) {
  const bool through_queue = hub().opts.presence.each_device;
  return queue_ && !through_queue && model_.is_in(nsp) && (queue_->delivery.busy() || queue_->delivery.wants_to_read(model_.sockets(), now()));
}

void presence_actor::take_in(presence_direct m) {
  if (!must_wait(m.nsp))
    return place(std::move(m));
  if (queue_->held.size() >= hub().opts.replicas.max_pending)
    return fail(m, {"overloaded", "too much waits for this user; try again in a moment"});
  queue_->held.push_back(std::move(m));
}

// -- into the queue --

bool presence_actor::waits_with_another(presence_direct& m, const std::string& name) {
  if (!queue_ || name.empty())
    return false;
  for (auto& [token, p] : queue_->pushes) {
    if (p.name != name)
      continue;
    if (p.repeats.size() < max_repeats)
      p.repeats.push_back(std::move(m));
    else
      fail(m, {"overloaded", "the first message with this id is not stored yet; try again"});
    return true;
  }
  return false;
}

void presence_actor::queue(presence_direct m, const presence::dispatched& place, std::string name) {
  auto& pushes = work().pushes;
  if (pushes.size() >= hub().opts.replicas.max_pending) {
    model_.forget(m.from, m.what.id);
    return fail(m, {"overloaded", "too much waits for this user; try again in a moment"});
  }
  presence::waiting w;
  w.name = name;
  w.nsp = m.nsp;
  w.data = socketio::event_data(m.what.event, messaging::stamped(std::move(m.what.args.json), place.ts, place.seq));
  w.attachments = std::move(m.what.args.attachments);
  const auto token = ++home().last_wish;
  pushes.emplace(token, queue_work::pushing{std::move(m), place, std::move(name), {}});
  hub().offline->push(user_, std::move(w), hub().opts.presence.queue,
                      [hub = hub().shared_from_this(), user = user_, token](const result<presence::pushed>& r) {
                        hub->to_presence(user, presence_queued{token, r});
                      });
}

void presence_actor::on(presence_queued& m) {
  auto found = queue_ ? queue_->pushes.extract(m.token) : decltype(queue_->pushes)::node_type{};
  if (!found)
    return;
  auto& p = found.mapped();
  if (!m.what) {
    model_.forget(p.what.from, p.what.what.id);
    fail(p.what, m.what.error());
    for (auto& r : p.repeats)
      fail(r, m.what.error());
    return;
  }
  const bool delivered = p.place.status == presence::delivery_status::delivered;
  (delivered ? hub().counts.direct_delivered : hub().counts.direct_queued).add();
  hub().counts.queue_dropped.add(static_cast<std::int64_t>(m.what->dropped));
  p.place.duplicate = m.what->known;
  answer(p.what, p.place);
  p.place.duplicate = true;
  for (auto& r : p.repeats) {
    hub().counts.duplicates.add();
    answer(r, p.place);
  }
  if (at_home())
    queue_->delivery.on_pushed();
  else
    tell_home(presence::look{});
}

// -- and out of it --

void presence_actor::on(presence_waiting& m) {
  if (!queue_)
    return;
  if (!m.found) {
    log::warn("queue-unread", "user={} {}", user_, m.found.error().message);
    return queue_->delivery.on_read_failed(m.token, now() + read_again);
  }
  const auto until = now() + hub().opts.replicas.operation_timeout;
  if (auto g = queue_->delivery.on_read(m.token, std::move(*m.found), model_.sockets(), until))
    give(std::move(*g));
}

void presence_actor::give(presence::queued_delivery::gift g) {
  if (g.to.node)
    return send(g.to.node, presence::give{g.token, g.to, std::move(g.what)});
  give_here(g.token, {}, g.to, std::move(g.what));
}

void presence_actor::give_here(std::uint64_t token, cluster::node_ref home, const presence::place& socket, std::vector<presence::waiting> what) {
  auto& had = work().had;
  const bool any_socket = !hub().opts.presence.each_device;
  std::erase_if(what, [&](auto& w) {
    return std::any_of(had.begin(), had.end(), [&](auto& h) { return h.first == w.id && (any_socket || h.second == socket.session); });
  });
  presence_given told{token, home, socket.session, {}, true};
  if (what.empty())
    return on(told);
  for (auto& w : what) {
    told.ids.push_back(w.id);
    had.emplace_back(w.id, socket.session);
  }
  while (had.size() > 2 * hub().opts.presence.queue.max_messages)
    had.pop_front();
  deliver_waiting m{socket.nsp, std::move(what), {}, {}};
  const bool until_acked = hub().opts.presence.until_acked;
  m.done = [hub = hub().shared_from_this(), user = user_, device = socket.device, told, until_acked](bool taken) mutable {
    auto& o = hub->opts.presence;
    if (taken && o.each_device)
      hub->offline->mark(user, device, told.ids.back(), o.queue, [](const auto&) {});
    else if (taken && !until_acked)
      hub->offline->remove(user, told.ids, [](const auto&) {});
    told.taken = taken;
    hub->to_presence(user, std::move(told));
  };
  if (until_acked)
    m.acked = [hub = hub().shared_from_this(), user = user_](const std::string& id) { hub->offline->remove(user, {id}, [](const auto&) {}); };
  hub().to_connection(socket.session, std::move(m));
}

void presence_actor::on(presence_given& m) {
  if (m.taken)
    hub().counts.queue_delivered.add(static_cast<std::int64_t>(m.ids.size()));
  else if (queue_)
    std::erase_if(queue_->had, [&](auto& h) {
      return h.second == m.socket && std::find(m.ids.begin(), m.ids.end(), h.first) != m.ids.end();
    });
  if (m.home)
    send(m.home, presence::given{m.token, m.taken});
  else
    on_given(m.token, m.taken);
}

void presence_actor::on_given(std::uint64_t token, bool taken) {
  if (!queue_ || !at_home())
    return;
  const auto until = now() + hub().opts.replicas.operation_timeout;
  if (auto g = queue_->delivery.on_given(token, taken, model_.sockets(), until))
    give(std::move(*g));
}

void presence_actor::from(cluster::node_ref node, presence::give& m) { give_here(m.token, node, m.socket, std::move(m.what)); }

void presence_actor::from(cluster::node_ref, presence::given& m) { on_given(m.token, m.taken); }

void presence_actor::from(cluster::node_ref, presence::look&) {
  if (at_home() && keeps_messages())
    work().delivery.on_pushed();
}

} // namespace troupe::actors
