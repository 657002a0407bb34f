#include "core/cluster/sim/scenario.hpp"

#include <algorithm>

namespace troupe::sim {
namespace {

constexpr duration trouble{8'000};  ///< faults begin within this
constexpr duration longest{4'000};  ///< and last at most this
constexpr duration to_heal{11'000}; ///< leases run out, refusals end, slots move back
constexpr duration quiet{1'500};

class script {
 public:
  script(const scenario_options& o, std::uint64_t seed) : w_(o.world, seed), slots_(o.world.node.slots), o_(o) {
    w_.store.bugs = o.bugs;
  }

  scenario_result run() {
    const auto nodes = 2 + w_.pick(o_.most_nodes - 1);
    for (std::size_t n = 0; n < nodes; ++n)
      plan(duration{static_cast<int>(w_.pick(800))}, [this] { w_.start_node(); });
    const auto faults = static_cast<int>(w_.pick(static_cast<std::uint64_t>(o_.most_faults) + 1));
    for (int i = 0; i < faults; ++i)
      plan(duration{1'500} + between(duration{0}, trouble), [this] { break_something(); });
    play_plans(duration{1'500} + trouble + longest + duration{1});
    heal();
    w_.run(to_heal);
    scenario_result r;
    w_.checker.at_rest(w_, slots_, quiet);
    r.claims = w_.store.granted;
    r.moves_allowed = slots_ * (4 + 5 * static_cast<std::uint64_t>(faults) + nodes);
    if (r.claims > r.moves_allowed)
      w_.checker.blame("a storm of claims: " + std::to_string(r.claims));
    r.problems = w_.checker.problems;
    r.story = story_;
    r.messages = w_.messages;
    return r;
  }

 private:
  using act = std::function<void()>;

  duration between(duration least, duration most) {
    return least + duration{static_cast<int>(w_.pick(static_cast<std::uint64_t>((most - least).count())))};
  }
  void plan(duration in, act what) { plans_.emplace(w_.now() + in, std::move(what)); }
  void play_plans(duration until) {
    const auto end = w_.now() + until;
    while (!plans_.empty() && plans_.begin()->first <= end) {
      w_.run(std::chrono::duration_cast<duration>(plans_.begin()->first - w_.now()));
      const auto what = std::move(plans_.begin()->second);
      plans_.erase(plans_.begin());
      what();
    }
    w_.run(std::chrono::duration_cast<duration>(end - w_.now()));
  }
  void tell(const std::string& what) {
    story_.push_back(std::to_string(std::chrono::duration_cast<duration>(w_.now().time_since_epoch()).count() % 1'000'000) + " " + what);
  }
  /// For a while, then undone.
  void for_a_while(const std::string& what, const act& begin, const act& end) {
    tell(what);
    begin();
    plan(between(duration{50}, longest), [this, what, end] {
      tell("end of " + what);
      end();
    });
  }

  void break_something() {
    const auto n = w_.pick(w_.size()), other = (n + 1 + w_.pick(w_.size() - 1)) % w_.size();
    const auto name = " node-" + std::to_string(n), both = name + " node-" + std::to_string(other);
    switch (w_.pick(13)) {
      case 0: return tell("crash" + name), w_.crash(n);
      case 1: return for_a_while("crash" + name, [&] { w_.crash(n); }, [this, n] { w_.restart_node(n); });
      case 2: return for_a_while("pause" + name, [&] { w_.pause(n); }, [this, n] { w_.wake(n); });
      case 3: return for_a_while("cut" + both, [&] { cut(n, other, true); }, [this, n, other] { cut(n, other, false); });
      case 4:
        return for_a_while("one-way cut" + both, [&] { w_.cut(n, other, true); }, [this, n, other] { w_.cut(n, other, false); });
      case 5: return for_a_while("registry away", [&] { w_.store.away = true; }, [this] { w_.store.away = false; });
      case 6: return for_a_while("no registry for" + name, [&] { w_.cut_registry(n, true); }, [this, n] { w_.cut_registry(n, false); });
      case 7: return tell("registry restarted"), w_.store.restart(false);
      case 8: return tell("registry emptied"), w_.store.restart(true);
      case 9: return for_a_while("snapshot, to be rolled back to", [&] { w_.store.snapshot(); }, [this] { w_.store.roll_back(); });
      case 10: return for_a_while("drain" + name, [&] { w_.drain(n, true); }, [this, n] { end_drain(n); });
      case 11: return tell("join"), void(w_.start_node());
      default: return for_a_while("isolation of" + name, [&] { isolate(n, true); }, [this, n] { isolate(n, false); });
    }
  }
  void cut(std::size_t n, std::size_t other, bool on) {
    w_.cut(n, other, on);
    w_.cut(other, n, on);
  }
  void isolate(std::size_t n, bool on) {
    w_.cut_registry(n, on);
    for (std::size_t other = 0; other < w_.size(); ++other)
      if (other != n)
        cut(n, other, on);
  }
  void end_drain(std::size_t n) {
    if (w_.pick(2) == 0)
      w_.leave(n);
    else
      w_.drain(n, false);
  }

  /// Everything that was begun has ended; what is still broken is mended.
  void heal() {
    w_.store.away = false;
    bool any = false;
    for (std::size_t n = 0; n < w_.size(); ++n) {
      w_.wake(n);
      isolate(n, false);
      any |= w_.alive(n) && !w_.record(n).draining;
    }
    if (!any)
      w_.start_node();
    tell("healed");
  }

  world w_;
  std::uint16_t slots_;
  scenario_options o_;
  std::multimap<time_point, act> plans_;
  std::vector<std::string> story_;
};

} // namespace

scenario_result play(const scenario_options& o, std::uint64_t seed) { return script(o, seed).run(); }

} // namespace troupe::sim
