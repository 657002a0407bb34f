#include "actors/query_actor.hpp"

#include "actors/hub.hpp"
#include "actors/query_answers.hpp"
#include "core/cluster/envelope.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

query_actor::query_actor(caf::actor_config& cfg, shard& home)
  : pinned(cfg, home), book_(hub().opts.queries, hub().counts.queries), answering_(std::make_shared<std::atomic<std::size_t>>(0)) {}

caf::behavior query_actor::make_behavior() {
  return {[this](query_op& op) { on_op(op); },
          [this](wake) {
            finish(book_.on_time(now()));
            schedule();
          }};
}

void query_actor::on_end() { finish(book_.close_all()); }

void query_actor::on_op(query_op& op) {
  std::visit([this](auto& m) { on(m); }, op);
  schedule();
}

query_actor::circle query_actor::circle_of(const query_ask& m) const {
  using whom = query_ask::whom;
  circle c;
  c.here = m.to == whom::everybody || m.to == whom::here;
  if (c.here)
    c.nodes.push_back({hub().opts.me, hub().own_id});
  if (m.to == whom::here)
    return c;
  for (auto& p : hub().peers()) {
    if (m.to == whom::one && p.ref.number != m.node)
      continue;
    if (p.linked)
      c.nodes.push_back({p.ref, p.id});
    else
      c.silent.push_back({p.id, cluster::silence::unlinked});
  }
  return c;
}

void query_actor::tell_only(query_ask& m, const circle& around) {
  if (around.here)
    answer(hub(), m.body, {hub().shared_from_this(), {}, 0, nullptr});
  const auto bytes = cluster::sealed(cluster::addressee::query, "", cluster::encode(cluster::question{0, m.body}));
  for (auto& n : around.nodes)
    if (n.ref != hub().opts.me)
      hub().links->send(n.id, bytes);
}

void query_actor::on(query_ask& m) {
  auto around = circle_of(m);
  if (!m.done)
    return tell_only(m, around);
  const auto number = book_.open(around.nodes, std::move(around.silent), now() + m.timeout);
  if (!number)
    return m.done(error{"overloaded", "this node waits for as many answers as cluster.max_queries allows; try again in a moment"});
  waiting_.emplace(*number, std::move(m.done));
  std::string bytes;
  for (auto& n : around.nodes) {
    if (n.ref == hub().opts.me)
      continue;
    if (bytes.empty())
      bytes = cluster::sealed(cluster::addressee::query, "", cluster::encode(cluster::question{*number, m.body}));
    if (!hub().links->send(n.id, bytes))
      book_.on_unreachable(*number, n.ref);
  }
  if (around.here)
    answer(hub(), m.body, {hub().shared_from_this(), {}, *number, nullptr});
  finish(book_.take_over(*number));
}

void query_actor::on(query_part& m) { finish(book_.on_answer(hub().opts.me, std::move(m.what), 0)); }

void query_actor::on(query_from_peer& m) {
  if (cluster::is_answer(m.bytes)) {
    if (auto a = cluster::decode_answer(m.bytes))
      finish(book_.on_answer(m.from, std::move(*a), m.bytes.size()));
    else
      ++hub().counts.queries.bad_messages;
    return;
  }
  if (auto q = cluster::decode_question(m.bytes))
    hear_question(m, std::move(*q));
  else
    ++hub().counts.queries.bad_messages;
}

void query_actor::hear_question(const query_from_peer& m, cluster::question q) {
  if (answering_->load() >= hub().opts.queries.max_open) {
    ++hub().counts.queries.declined;
    return answer_line(hub().shared_from_this(), m.id, q.number, nullptr).whole(cluster::declined{});
  }
  ++hub().counts.queries.answered;
  ++*answering_;
  std::shared_ptr<void> place(nullptr, [answering = answering_](void*) { --*answering; });
  answer(hub(), q.body, {hub().shared_from_this(), m.id, q.number, std::move(place)});
}

void query_actor::on(query_peer_lost& m) { finish(book_.on_lost(m.node)); }

void query_actor::finish(cluster::query_book::outcomes over) {
  for (auto& outcome : over)
    if (auto waiting = waiting_.extract(outcome.number))
      waiting.mapped()(std::move(outcome));
}

} // namespace troupe::actors
