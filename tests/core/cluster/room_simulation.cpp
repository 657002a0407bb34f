#include "core/cluster/room_simulation.hpp"

#include <algorithm>

namespace troupe::cluster::simulation {
namespace {

using std::chrono::milliseconds;

struct log_store {
  std::vector<std::pair<std::pair<std::uint64_t, std::uint64_t>, message_ptr>> entries;
  bool up = true;
  bool replicas_up = true;
  std::size_t on_replicas = 0; ///< so many entries
  /// What an append, or a question, is answered.
  log_answer written(bool boastful) {
    if (replicas_up)
      on_replicas = entries.size();
    return replicas_up || boastful ? log_answer::replicated : log_answer::taken;
  }
  std::pair<std::uint64_t, std::uint64_t> last() const {
    return entries.empty() ? std::pair<std::uint64_t, std::uint64_t>{} : entries.back().first;
  }
};

class world;

struct node : replica_effects {
  node(world& w, unsigned i);
  void deliver(const message_ptr& m) override;
  void deliver(const notice&) override {}
  void send(std::span<const node_ref> to, std::string payload) override;
  void done(std::uint64_t op, const op_result& r) override;
  void append(std::uint64_t token, std::uint64_t epoch, std::vector<message_ptr> batch) override;
  void open_log(std::uint64_t token, std::uint64_t epoch) override;
  void read_log(std::uint64_t token, std::uint64_t after_epoch, std::uint64_t after_seq) override;
  void overtaken(std::uint64_t) override {}
  bool may_order() const override;
  node_ref seen_as(const std::string& payload);
  bool log_is_away() const override { return knows_log_away; }

  world& w;
  const unsigned index;
  bool alive = true, paused = false;
  time_point sure_until{};
  bool confirmed = true;         ///< since it was stopped, it has looked who is home of what
  bool knows_log_away = false;
  std::vector<std::function<void()>> deferred; ///< what happens to a stopped process when it goes on
  std::unique_ptr<room_replica> replica;
  replica_counters counts;
  std::map<unsigned, bool> linked;
  std::uint64_t home_epoch = 0;
  unsigned home = 0;
  // The member on this node.
  std::uint64_t join_op = 0;
  bool joined = false;
  std::uint64_t joined_seq = 0;
  std::vector<message_ptr> seen;
  std::map<std::uint64_t, std::string> asked; ///< op -> what was published
  std::map<std::uint64_t, std::uint64_t> sent; ///< op -> how often
  // As the new home: who has still to report.
  std::set<unsigned> waiting_for;
  bool opened = true;
};

class world {
 public:
  explicit world(const plan& p) : plan_(p), random_(p.seed) {
    options_.clustered = true;
    options_.logged = p.logged;
    options_.replicated = p.replica_outages;
    log.replicas_up = p.replica_outages;
    for (unsigned i = 0; i < p.nodes; ++i)
      nodes.push_back(std::make_unique<node>(*this, i));
  }

  verdict play();

  // -- the machinery --
  void at(duration after, std::function<void()> f) { events_.emplace(std::pair{now + after, ++order_}, std::move(f)); }
  /// Something that happens to a process: never after its death, and later if it is stopped.
  void to(unsigned i, duration after, std::function<void()> f) {
    at(after, [this, i, f = std::move(f)]() mutable {
      auto& n = *nodes[i];
      if (n.alive && n.paused)
        n.deferred.push_back(std::move(f));
      else if (n.alive)
        f();
    });
  }
  unsigned pick(unsigned n) { return std::uniform_int_distribution<unsigned>(0, n - 1)(random_); }
  duration hop() { return duration(1 + (pick(20) == 0 ? pick(40) : pick(3))); }
  node_ref ref(unsigned i) const { return {static_cast<std::uint16_t>(i + 1), 7}; }
  unix_ms wall() const { return now.time_since_epoch().count() / 1'000'000; }

  /// In the order of sending, unless the link broke meanwhile.
  void over_link(unsigned from, unsigned dest, std::function<void()> f) {
    if (!nodes[from]->linked[dest])
      return;
    auto& l = link(from, dest);
    auto& clear = from < dest ? l.clear_up : l.clear_down;
    // A link's news and its messages come to a process in one order.
    clear = std::max({clear, now + hop(), dest < from ? l.heard_up : l.heard_down});
    const auto session = l.session;
    const auto after = std::chrono::duration_cast<duration>(clear - now);
    at(after, [this, from, dest, session, f = std::move(f)]() mutable {
      if (link(from, dest).session != session)
        return;
      auto& n = *nodes[dest];
      if (n.alive && n.paused)
        n.deferred.push_back(std::move(f)); // in the kernel's buffer already
      else if (n.alive)
        f();
    });
  }
  void set_link(unsigned a, unsigned b, bool up) {
    auto& l = link(a, b);
    if (l.up == up)
      return;
    l.up = up;
    ++l.session;
    // Each side hears of every change, in order.
    for (auto [x, y] : {std::pair{a, b}, std::pair{b, a}}) {
      auto& heard = x < y ? l.heard_up : l.heard_down;
      heard = std::max(heard + duration(1), now + hop());
      to(x, std::chrono::duration_cast<duration>(heard - now), [this, x, y, up] { heard_of_link(x, y, up); });
    }
  }
  void heard_of_link(unsigned x, unsigned y, bool up) {
    auto& n = *nodes[x];
    n.linked[y] = up;
    if (!up) {
      n.replica->on_peer_down(ref(y));
      return reported(x, y, n.home_epoch);
    }
    n.replica->on_peer_up(ref(y));
    if (n.home_epoch)
      tell_home(x, y);
  }
  void tell_home(unsigned from, unsigned dest) {
    over_link(from, dest, [this, dest, from, home = nodes[from]->home, epoch = nodes[from]->home_epoch] {
      learn_home(dest, home, epoch);
      if (home == from)
        over_link(dest, from, [this, from, dest, epoch] { reported(from, dest, epoch); });
    });
  }
  void learn_home(unsigned i, unsigned home, std::uint64_t epoch) {
    auto& n = *nodes[i];
    if (epoch < n.home_epoch || (epoch == n.home_epoch && home == i))
      return;
    n.home_epoch = epoch;
    n.home = home;
    n.replica->on_home(ref(home), epoch, false, now, wall());
  }
  void reported(unsigned home, unsigned by, std::uint64_t epoch) {
    auto& n = *nodes[home];
    if (n.home != home || n.home_epoch != epoch || n.opened)
      return;
    n.waiting_for.erase(by);
    if (!n.waiting_for.empty())
      return;
    n.opened = true;
    n.replica->on_home(ref(home), epoch, true, now, wall());
  }
  /// As the registry grants it: epochs only grow, one home each.
  void move_home(unsigned i) {
    if (!log.up) // and of the registry, which is the same Redis
      return at(duration(100), [this, i] { move_home(nodes[i]->alive && !nodes[i]->paused ? i : usable().front()); });
    if (!plan_.logged && !linked_to_all(i))
      return at(duration(50), [this, i] { move_home(nodes[i]->alive && !nodes[i]->paused ? i : usable().front()); });
    ++result.moves;
    auto& n = *nodes[i];
    home_ = i;
    const auto epoch = granted_ = ++epoch_;
    to(i, duration(0), [this, &n, i, epoch] {
      if (epoch < n.home_epoch)
        return;
      n.home = i;
      n.home_epoch = epoch;
      n.opened = false;
      n.waiting_for = {i};
      for (auto [peer, up] : n.linked)
        if (up)
          n.waiting_for.insert(peer);
      n.replica->on_home(ref(i), epoch, false, now, wall());
      for (auto peer : std::set(n.waiting_for))
        if (peer != i)
          tell_home(i, peer);
      reported(i, i, epoch);
    });
  }
  struct link_state {
    bool up = false;
    unsigned session = 0;
    time_point clear_up{}, clear_down{}, heard_up{}, heard_down{};
  };
  link_state& link(unsigned a, unsigned b) { return links_[{std::min(a, b), std::max(a, b)}]; }

  /// What the node's own part in the cluster does ten times a second. A node that was stopped first looks who is home.
  void tick(unsigned i) {
    to(i, duration(0), [this, &n = *nodes[i], i] {
      if (n.sure_until != time_point{} && now >= n.sure_until && n.confirmed) {
        n.confirmed = false;
        ask_who_is_home(i);
      }
      if (n.confirmed)
        n.sure_until = now + duration(700);
      const bool all_linked = std::all_of(n.linked.begin(), n.linked.end(), [&](auto& l) { return l.second || !nodes[l.first]->alive; });
      const bool away = !log.up && all_linked && now - log_since >= duration(300);
      if (away != n.knows_log_away) {
        n.knows_log_away = away;
        n.replica->on_ordering_changed(now, wall());
      }
      n.replica->on_time(now);
      rest(n);
    });
  }
  /// As the room's actor ends on a node without members, and is made by the next publish.
  void rest(node& n) {
    if (!rests(n) || !n.replica->unneeded() || pick(5) > 0)
      return;
    ++result.rests;
    const auto used = plan_.same_numbers ? 0 : n.replica->numbers_used();
    n.replica = std::make_unique<room_replica>(options_, ref(n.index), n, n.counts, used + 1);
    n.replica->on_home(ref(n.home), n.home_epoch, n.opened && n.home == n.index, now, wall());
  }
  bool rests(const node& n) const { return plan_.rests && n.index + 1 == plan_.nodes; }
  void ask_who_is_home(unsigned i) {
    at(hop(), [this, i] {
      const bool answered = log.up; // the same Redis
      to(i, hop(), [this, i, answered, home = home_, epoch = granted_] {
        auto& n = *nodes[i];
        if (!answered)
          return at(duration(100), [this, i] { ask_who_is_home(i); });
        learn_home(i, home, epoch);
        n.confirmed = true;
        n.sure_until = now + duration(700);
        n.replica->on_ordering_changed(now, wall());
      });
    });
  }
  void turn_log(bool up) {
    if (log.up != up)
      log_since = now;
    log.up = up;
  }

  bool linked_to_all(unsigned i) const {
    const auto others = usable();
    return std::all_of(others.begin(), others.end(), [&](auto o) {
      const auto l = nodes[i]->linked.find(o);
      return o == i || (l != nodes[i]->linked.end() && l->second);
    });
  }
  std::vector<unsigned> usable() const {
    std::vector<unsigned> list;
    for (auto& n : nodes)
      if (n->alive && !n->paused)
        list.push_back(n->index);
    return list;
  }

  void run_until(time_point end) {
    while (!events_.empty() && events_.begin()->first.first <= end) {
      auto e = events_.extract(events_.begin());
      now = std::max(now, e.key().first);
      e.mapped()();
    }
    now = end;
  }
  void live(duration length) {
    for (const auto end = now + length; now < end;) {
      for (auto& n : nodes)
        tick(n->index);
      run_until(now + duration(30));
    }
  }
  void fault();
  void publish(unsigned i);
  void publish(unsigned i, const std::string& text, bool named);
  void heal();
  /// An acknowledgement says of a message no more than what is true.
  void check_level(const std::string& text, safety level);
  void blame(std::string what) {
    if (result.faults.size() < 10)
      result.faults.push_back(std::move(what));
  }
  void judge();

  const plan plan_;
  replica_options options_;
  std::mt19937 random_;
  time_point now{std::chrono::hours(1)};
  std::vector<std::unique_ptr<node>> nodes;
  log_store log;
  time_point log_since{};
  verdict result;
  std::map<std::string, safety> acked;
  unsigned next_text_ = 0;
  unsigned home_ = 0;
  std::uint64_t epoch_ = 100, granted_ = 0;

 private:
  std::multimap<std::pair<time_point, std::uint64_t>, std::function<void()>> events_;
  std::uint64_t order_ = 0;
  std::map<std::pair<unsigned, unsigned>, link_state> links_;
};

node::node(world& world, unsigned i) : w(world), index(i) {
  replica = std::make_unique<room_replica>(w.options_, w.ref(i), *this, counts);
}

bool node::may_order() const { return w.now < sure_until; }

void node::deliver(const message_ptr& m) { seen.push_back(m); }

void node::send(std::span<const node_ref> to, std::string payload) {
  for (auto dest : to)
    w.over_link(index, dest.number - 1u, [this, dest, payload, from = seen_as(payload)] {
      w.nodes[dest.number - 1u]->replica->on_message(from, payload, w.now, w.wall());
    });
}

/// Homes know operations that are sent again by their sender and number; under another name they do not.
node_ref node::seen_as(const std::string& payload) {
  auto from = w.ref(index);
  if (!w.plan_.no_dedup)
    return from;
  const auto m = decode_replica_message(payload);
  if (const auto* s = m ? std::get_if<submit>(&*m) : nullptr)
    from.incarnation += sent[s->op.number]++;
  return from;
}

void node::done(std::uint64_t op, const op_result& r) {
  if (op == join_op) {
    joined = !r.failed;
    joined_seq = replica->seq();
    seen.clear();
    return;
  }
  auto what = asked.find(op);
  if (what == asked.end())
    return;
  if (r.failed)
    ++w.result.refused;
  else
    w.check_level(what->second, w.acked[what->second] = r.level);
  asked.erase(what);
}

void node::append(std::uint64_t token, std::uint64_t epoch, std::vector<message_ptr> batch) {
  w.at(w.hop(), [this, token, epoch, batch = std::move(batch)] {
    auto a = log_answer::taken;
    const auto overtaken = batch.empty() ? w.log.last().first > epoch : std::pair{epoch, batch.front()->seq} <= w.log.last();
    if (!w.log.up)
      a = log_answer::unavailable;
    else if (!w.plan_.no_fence && overtaken)
      a = log_answer::refused;
    else
      for (auto& m : batch)
        w.log.entries.emplace_back(std::pair{epoch, m->seq}, m);
    if (a == log_answer::taken)
      a = w.log.written(w.plan_.boastful);
    if ((a == log_answer::taken || a == log_answer::replicated) && w.pick(50) == 0 && w.plan_.log_outages) {
      w.turn_log(false); // the answer is lost with the connection
      a = log_answer::unavailable;
    }
    // A log that is away lets its callers wait.
    const auto back = a == log_answer::unavailable ? duration(1 + w.pick(2'000)) : w.hop();
    w.to(index, back, [this, token, a, last = w.log.last()] { replica->on_appended(token, a, last.first, last.second, w.now); });
  });
}

void node::open_log(std::uint64_t token, std::uint64_t epoch) {
  w.at(w.hop(), [this, token, epoch] {
    auto a = log_answer::taken;
    if (!w.log.up)
      a = log_answer::unavailable;
    else if (!w.plan_.no_fence && std::pair{epoch, std::uint64_t{0}} <= w.log.last())
      a = log_answer::refused;
    else
      w.log.entries.emplace_back(std::pair{epoch, std::uint64_t{0}}, nullptr);
    if (a == log_answer::taken)
      a = w.log.written(w.plan_.boastful);
    std::vector<message_ptr> tail;
    for (auto& [at, m] : w.log.entries)
      if (m && a != log_answer::unavailable)
        tail.push_back(m);
    w.to(index, w.hop(), [this, token, a, tail, last = w.log.last()] {
      replica->on_log_opened(token, a, {last.first, last.second}, tail, w.now, w.wall());
    });
  });
}

void node::read_log(std::uint64_t token, std::uint64_t, std::uint64_t after) {
  w.at(w.hop(), [this, token, after] {
    std::vector<message_ptr> found;
    for (auto& [at, m] : w.log.entries)
      if (m && m->seq > after)
        found.push_back(m);
    const auto a = w.log.up ? log_answer::taken : log_answer::unavailable;
    w.to(index, w.hop(), [this, token, a, found] { replica->on_log_read(token, a, found, w.now); });
  });
}

void world::publish(unsigned i) {
  const auto text = "m" + std::to_string(++next_text_);
  const bool named = pick(4) == 0;
  publish(i, text, named);
  // A client that had no answer, and has moved.
  if (named && pick(2) == 0)
    at(duration(pick(3'000)), [this, text] {
      const auto there = usable();
      publish(there[pick(static_cast<unsigned>(there.size()))], text, true);
    });
}

void world::publish(unsigned i, const std::string& text, bool named) {
  to(i, duration(pick(100)), [this, i, text, named] {
    auto& n = *nodes[i];
    publish_op op;
    op.event = "said";
    op.args.json = '"' + text + '"';
    if (named) {
      op.user = "ann";
      op.id = text;
    }
    n.asked[n.replica->next_operation()] = text;
    if (plan_.shortcut) {
      auto m = std::make_shared<room_message>();
      m->args.json = op.args.json;
      n.seen.push_back(m);
    }
    (void)n.replica->submit(std::move(op), now, wall());
  });
}

void world::fault() {
  const auto live = usable();
  const auto victim = live[pick(static_cast<unsigned>(live.size()))];
  switch (pick(6)) {
    case 0:
      if (plan_.crashes && live.size() > 2) {
        nodes[victim]->alive = false;
        for (auto& n : nodes)
          if (n->index != victim) {
            set_link(victim, n->index, false);
            to(n->index, duration(20), [&n = *n, gone = ref(victim)] { n.replica->on_peer_gone(gone); });
          }
        if (home_ == victim)
          at(duration(5 + pick(60)), [this] {
            const auto rest = usable();
            move_home(rest[pick(static_cast<unsigned>(rest.size()))]);
          });
      }
      return;
    case 1:
      if (plan_.pauses && live.size() > 2) {
        auto& n = *nodes[victim];
        n.paused = true;
        const duration length(50 + pick(4'000));
        for (auto& other : nodes)
          if (other->index != victim && length.count() > 1'000)
            at(duration(1'000), [this, victim, o = other->index] { set_link(victim, o, false); });
        if (home_ == victim && length.count() > 1'000)
          at(duration(1'200), [this, victim] {
            const auto rest = usable();
            if (home_ == victim && nodes[victim]->paused)
              move_home(rest[pick(static_cast<unsigned>(rest.size()))]);
          });
        // The others hold it for dead; it has done nothing but wait.
        for (auto& other : nodes)
          if (other->index != victim && length.count() > 1'500)
            to(other->index, duration(1'500), [&other = *other, gone = ref(victim)] { other.replica->on_peer_gone(gone); });
        at(length, [this, &n] {
          n.paused = false;
          auto missed = std::move(n.deferred);
          n.deferred.clear();
          for (auto& f : missed)
            f();
          for (auto& other : nodes)
            if (other->alive && other->index != n.index)
              at(duration(50 + pick(100)), [this, a = n.index, b = other->index] {
                if (nodes[a]->alive && nodes[b]->alive && !nodes[a]->paused && !nodes[b]->paused)
                  set_link(a, b, true);
              });
        });
      }
      return;
    case 2:
      if (plan_.cuts) {
        const auto a = pick(plan_.nodes), b = pick(plan_.nodes);
        if (a == b)
          return;
        set_link(a, b, false);
        at(duration(20 + pick(1'500)), [this, a, b] {
          if (nodes[a]->alive && nodes[b]->alive && !nodes[a]->paused && !nodes[b]->paused)
            set_link(a, b, true);
        });
      }
      return;
    case 3: // rebalancing, a drain; nobody takes a room from a node that it cannot ask
      if (plan_.logged || linked_to_all(victim))
        move_home(victim);
      return;
    case 4:
      if (plan_.log_outages) {
        turn_log(!log.up);
      }
      return;
    default:
      if (plan_.replica_outages)
        log.replicas_up = !log.replicas_up;
      return;
  }
}

void world::heal() {
  live(std::chrono::seconds(6)); // every pause is over
  turn_log(true);
  for (auto& a : nodes)
    for (auto& b : nodes)
      if (a->index < b->index && a->alive && b->alive)
        set_link(a->index, b->index, true);
  live(std::chrono::seconds(1));
  if (!nodes[home_]->alive)
    move_home(usable().front());
  live(std::chrono::seconds(2));
  // A last word, which everybody must hear.
  publish(usable().back());
  live(std::chrono::seconds(3));
}

void world::check_level(const std::string& text, safety level) {
  ++result.levels[static_cast<std::size_t>(level)];
  if (level == safety::home)
    return;
  const auto entry = std::find_if(log.entries.begin(), log.entries.end(), [&](auto& e) { return e.second && e.second->args.json == '"' + text + '"'; });
  if (entry == log.entries.end())
    blame(text + " is called stored and is not in the log");
  else if (level == safety::replicated && static_cast<std::size_t>(entry - log.entries.begin()) >= log.on_replicas)
    blame(text + " is called replicated and is on no replica");
}

void world::judge() {
  std::map<std::uint64_t, std::string> order;
  std::map<std::string, std::uint64_t> places;
  std::uint64_t top = 0;
  for (auto& n : nodes) {
    if (!plan_.logged && !n->alive)
      continue; // its last words may have reached nobody else
    std::uint64_t last = 0, epoch = 0;
    for (auto& m : n->seen) {
      ++result.delivered;
      const auto name = "node " + std::to_string(n->index) + ": ";
      if (m->seq <= last)
        blame(name + "went back from " + std::to_string(last) + " to " + std::to_string(m->seq));
      if (m->epoch < epoch)
        blame(name + "heard an old epoch at " + std::to_string(m->seq));
      if (plan_.logged && !rests(*n) && m->seq != last + 1 && last)
        blame(name + "misses what lies between " + std::to_string(last) + " and " + std::to_string(m->seq));
      last = m->seq;
      epoch = m->epoch;
      auto [at, fresh] = order.emplace(m->seq, m->args.json);
      if (!fresh && at->second != m->args.json)
        blame(name + "heard " + m->args.json + " where others heard " + at->second);
      auto [place, first] = places.emplace(m->args.json, m->seq);
      if (!first && place->second != m->seq)
        blame(m->args.json + " was said twice");
    }
    if (n->alive)
      top = std::max(top, last);
    result.diverged += n->counts.diverged;
  }
  for (auto& n : nodes)
    if (n->alive && n->joined && (n->seen.empty() || n->seen.back()->seq != top))
blame("node " + std::to_string(n->index) + " did not hear the last word");
  for (auto& [text, level] : acked) {
    ++result.acked;
    if (plan_.logged && level >= safety::stored && !places.contains('"' + text + '"'))
  blame(text + " was acknowledged and is lost");
  }
}

verdict world::play() {
  for (auto& a : nodes)
    for (auto& b : nodes)
      if (a->index < b->index)
        set_link(a->index, b->index, true);
  live(duration(200));
  move_home(0);
  live(duration(300));
  for (auto& n : nodes) {
    if (rests(*n))
      continue;
    n->join_op = n->replica->next_operation();
    (void)n->replica->set_members(1, now, wall());
  }
  live(duration(500));
  for (unsigned r = 0; r < plan_.rounds; ++r) {
    for (unsigned k = 0; k < 6; ++k)
      publish(pick(plan_.nodes));
    fault();
    live(duration(120));
  }
  heal();
  judge();
  return result;
}

} // namespace

verdict run(const plan& p) { return world(p).play(); }

} // namespace troupe::cluster::simulation
