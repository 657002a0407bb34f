// client_core: standing still, and the nodes of a Redis Cluster.

#include "backends/redis/client_core.hpp"
#include "base/log.hpp"

#include <algorithm>

namespace troupe::redis {
namespace {

constexpr duration look_at_held{50};

void sort_by_call(std::vector<request>& all) {
  std::sort(all.begin(), all.end(), [](const request& a, const request& b) { return a.number < b.number; });
}

} // namespace

void client_core::hold(request&& r) {
  still_ = true;
  held_.push_back(std::move(r));
  if (!held_expiry_.running())
    held_expiry_.start(look_at_held);
}

void client_core::resume_if_still() {
  if (still_ && in_flight() == 0 && !retry_.running() && (!cluster_ || map_.known()))
    resume();
}

void client_core::resume() {
  still_ = false;
  held_expiry_.stop();
  auto ready = std::exchange(held_, {});
  sort_by_call(ready);
  if (std::any_of(ready.begin(), ready.end(), [](const request& r) { return r.detours > 0; })) {
    if (main_.up())
      load_scripts(main_);
    for (auto& [where, l] : nodes_)
      if (l->up())
        load_scripts(*l);
  }
  for (auto& r : ready)
    dispatch(std::move(r));
}

void client_core::expire_held() {
  auto late = [now = clock::now()](const request& r) { return r.deadline <= now; };
  std::vector<request> expired;
  for (auto& r : held_)
    if (late(r))
      expired.push_back(std::move(r));
  std::erase_if(held_, [](const request& r) { return !r.done; });
  for (auto& r : expired)
    finish(std::move(r), error{"redis_timeout", "put off for too long (the servers redirect, or are no cluster now): " + main_.trouble()});
  if (!held_.empty())
    held_expiry_.start(look_at_held);
  resume_if_still();
}

std::size_t client_core::in_flight() const {
  auto n = main_.in_flight();
  for (const auto& [where, l] : nodes_)
    n += l->in_flight();
  return n;
}

link& client_core::pick(const request& r) {
  if (!cluster_)
    return main_;
  return r.ask_at ? node(*r.ask_at) : owner_of(r.route);
}

link& client_core::owner_of(const std::string& key) {
  auto* owner = !cluster_ || key.empty() ? nullptr : map_.owner(hash_slot(key));
  return owner ? node(*owner) : main_;
}

/// Behind the writes on their connections.
void client_core::ask_replicas(
  const std::vector<std::string>& keys, std::size_t replicas, duration at_most, client::replicas_word done) {
  const bool at_work = !stopping_ && !still_ && (!cluster_ || map_.known());
  std::set<connection*> asked;
  for (const auto& key : keys)
    if (auto* c = at_work ? owner_of(key).up() : nullptr)
      asked.insert(c);
  if (asked.empty())
    return done({}, false, true);
  const command wait{"WAIT", std::to_string(replicas), std::to_string(at_most.count())};
  auto open = std::make_shared<std::size_t>(asked.size());
  for (auto* c : asked)
    c->send(wait, clock::now() + options_.timeout, [open, done, replicas, run = c->facts().run_id](result<reply> r) {
      const bool reached = r && r->is == reply::kind::integer && r->integer >= static_cast<std::int64_t>(replicas);
      done(run, reached, --*open == 0);
    });
}

link& client_core::node(const endpoint& e) {
  auto& l = nodes_[e];
  if (!l) {
    l = std::make_unique<link>(
      loop_, options_, tls_.get(), "node", [e](auto done) { done(e); }, hooks());
    l->start();
  }
  return *l;
}

/// Asks any node that is up; when none is, the next one that comes up is asked.
void client_core::refresh_map() {
  auto* asked = main_.up();
  for (auto at = nodes_.begin(); !asked && at != nodes_.end(); ++at)
    asked = at->second->up();
  if (!asked || std::exchange(refreshing_, true))
    return;
  asked->send({"CLUSTER", "SLOTS"}, clock::now() + options_.timeout, [this, from = asked->to()](result<reply> r) {
    refreshing_ = false;
    if (!stopping_ && r)
      map_read(*r, from);
  });
}

void client_core::map_read(const reply& r, const endpoint& asked) {
  if (!map_.read(r, asked)) {
    log::warn("redis-cluster-unknown", "server={}: it names no owner of any slot", to_text(asked));
    return;
  }
  look_up_state();
  route_again();
  resume_if_still();
}

/// What waits for a node that lost its slots goes to the one that has them.
void client_core::route_again() {
  std::vector<request> waiting;
  auto take = [&](link& l) {
    for (auto& r : l.take_waiting())
      waiting.push_back(std::move(r));
  };
  take(main_);
  for (auto& [where, l] : nodes_)
    take(*l);
  sort_by_call(waiting);
  for (auto& r : waiting)
    dispatch(std::move(r));
  loop_.post([this] { drop_unused_nodes(); });
}

void client_core::drop_unused_nodes() {
  const auto& known = map_.nodes();
  std::erase_if(nodes_, [&](const auto& entry) {
    return entry.second->idle() && std::find(known.begin(), known.end(), entry.first) == known.end();
  });
}

} // namespace troupe::redis
