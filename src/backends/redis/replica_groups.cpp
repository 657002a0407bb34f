#include "backends/redis/replica_groups.hpp"

#include <mutex>
#include <optional>
#include <set>
#include <utility>

namespace troupe::redis {
namespace {

/// Replicas that were late are asked again after this.
constexpr duration leave_alone{1'000};

} // namespace

/// What answers may still need when the object is gone.
struct replica_groups::shared : std::enable_shared_from_this<shared> {
  struct write {
    const script* what;
    std::string key;
    std::vector<std::string> arguments;
    done d;
    std::optional<result<answer>> said = std::nullopt; ///< by Redis, while the replicas are asked
  };
  struct group {
    std::vector<write> writes;
    bool asking = false; ///< the replicas; their word is not there yet
    bool missed = false; ///< by a replica
  };

  shared(std::shared_ptr<client> c, replica_demand d) : redis(std::move(c)), demand(d) {}

  /// Under the lock: nothing may come between what waited and what comes now. The client calls nobody back from here.
  void send() {
    if (waiting.empty())
      return;
    auto g = std::make_shared<group>();
    g->writes = std::exchange(waiting, {});
    counts.waiting = 0;
    g->asking = held_up = clock::now() >= ask_again;
    std::set<std::string> keys;
    for (std::size_t i = 0; i < g->writes.size(); ++i) {
      auto& w = g->writes[i];
      keys.insert(w.key);
      redis->run(*w.what, {w.key}, std::move(w.arguments), [self = shared_from_this(), g, i](result<answer> said) {
        self->answered(*g, g->writes[i], std::move(said));
      });
    }
    if (!held_up)
      return;
    ++counts.asked;
    redis->wait_for_replicas({keys.begin(), keys.end()}, demand.replicas, demand.at_most,
                             [self = shared_from_this(), g](const std::string& run, bool reached, bool last) {
                               self->asked(*g, run, reached, last);
                             });
  }

  // On the client's thread:

  /// A write that took a detour may come behind its server's word, which says nothing of it then.
  void answered(group& g, write& w, result<answer> said) {
    const bool carried_out = said && !said->reply.is_error();
    if (g.asking && carried_out)
      w.said = std::move(said);
    else
      w.d(std::move(said), false);
  }

  void asked(group& g, const std::string& run, bool reached, bool last) {
    g.missed |= !reached;
    g.asking = !last;
    if (last && g.missed) { // who hears of it finds it counted
      std::lock_guard hold(lock);
      ++counts.missed;
      ask_again = clock::now() + leave_alone;
    }
    for (auto& w : g.writes)
      if (w.said && (last || (*w.said)->run_id == run)) {
        const bool on_replicas = reached && (*w.said)->run_id == run;
        w.d(*std::exchange(w.said, std::nullopt), on_replicas);
      }
    if (!last)
      return;
    std::lock_guard hold(lock);
    held_up = false;
    send();
  }

  const std::shared_ptr<client> redis;
  const replica_demand demand;
  replica_metrics counts;
  std::mutex lock; ///< of all below
  std::vector<write> waiting;
  bool held_up = false; ///< by a WAIT
  time_point ask_again{};
};

replica_groups::replica_groups(std::shared_ptr<client> c, replica_demand d) : shared_(std::make_shared<shared>(std::move(c), d)) {}

replica_groups::~replica_groups() { end(); }

void replica_groups::end() { shared_->redis->end(); }

void replica_groups::run(const script& s, std::string key, std::vector<std::string> arguments, done d) {
  {
    std::lock_guard hold(shared_->lock);
    if (shared_->waiting.size() < shared_->redis->settings().max_commands) {
      shared_->waiting.push_back({&s, std::move(key), std::move(arguments), std::move(d)});
      ++shared_->counts.waiting;
      if (!shared_->held_up)
        shared_->send();
      return;
    }
  }
  d(error{"redis_busy", "too many writes wait for Redis' replicas (redis.max_commands)"}, false);
}

const replica_metrics& replica_groups::counters() const { return shared_->counts; }

} // namespace troupe::redis
