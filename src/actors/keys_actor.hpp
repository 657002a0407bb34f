#pragma once

#include "actors/keys_messages.hpp"
#include "actors/public_record.hpp"
#include "base/error.hpp"
#include "ports/public_keys.hpp"
#include "ports/registry.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe::actors {

class hub;

/// Keeps the keys for other programs true: writes what the record collects, a batch at a time; writes everything anew after a loss;
/// takes away what dead nodes left; checks the store against the actors. Runs on CAF's own pool.
class keys_actor : public caf::event_based_actor {
 public:
  keys_actor(caf::actor_config& cfg, std::shared_ptr<class hub> h, ports::public_keys& store, ports::registry& registry,
             std::uint16_t number);

  caf::behavior make_behavior() override;
  const char* name() const override { return "troupe.keys"; }

 private:
  using changes = std::vector<cluster::key_change>;
  struct sight {
    cluster::node_truth truth;
    cluster::node_stored stored;
    changes wrong;
  };
  using seen = std::function<void(std::optional<sight>)>; ///< nothing: the store is away
  using contents = std::vector<ports::key_content>;

  // keys_actor.cpp: writing
  void flush();
  void on_written(const result<std::size_t>& r);
  void lost(const error& why);
  void on(const keys_lease& m);
  void on_tick();
  void rewrite();
  void leave();
  /// `f` in this actor, whoever calls what comes out.
  template <class T>
  std::function<void(T)> back(std::function<void(T)> f);

  // keys_actor_sight.cpp: what is, and what is stored
  void look(seen then);
  void collect_truth(std::function<void(cluster::node_truth)> then);
  void read_node(cluster::node_truth truth, seen then);
  /// A few thousand keys at a time, so that the store and its client have others' turns between.
  void read_all(std::vector<ports::public_keys::key> keys, std::function<void(result<contents>)> then);
  void read_rest(std::vector<ports::public_keys::key> keys, contents so_far, std::function<void(result<contents>)> then);
  void living(std::function<void(std::optional<ports::registry_view>)> then);
  void reap(const std::string& id, std::function<void(std::size_t)> then);
  void take_away(const std::string& id, std::function<void(std::size_t)> then);
  void on(const keys_last_seen& m);
  /// Whose presence may have died with that node: the homes of its users make sure.
  void tell_homes_of(const cluster::node_stored& left_behind);

  // keys_actor_doctor.cpp: checking
  struct examination;
  using report = cluster::doctor_report;
  void check_here(bool repair, std::function<void(report)> then);
  void look_again(bool repair, sight first, public_record::slot_counts slots, std::function<void(report)> then);
  void check_everywhere(keys_check m);
  void on_checked_here(std::shared_ptr<examination> e, report r);
  void check_rest(std::shared_ptr<examination> e);
  void look_for_strays(std::shared_ptr<examination> e, bool again);
  void find_dead(bool repair, std::function<void(std::vector<std::string>, std::size_t)> then);
  void on(const keys_from_peer& m);
  void finish_if_complete(std::uint64_t number);
  void on(const keys_letter& m);
  void after(duration d, std::function<void()> what);

  std::shared_ptr<class hub> hub_;
  public_record& record_;
  ports::public_keys& store_;
  ports::registry& registry_;
  const std::uint16_t number_;
  bool leased_ = false;
  cluster::store_mark mark_;
  bool writing_ = false;      ///< a batch is out
  bool looking_ = false;      ///< nothing is written while what is stored is compared
  bool behind_ = true;        ///< all keys of the node have to be compared: something may have been lost
  std::optional<time_point> once_more_; ///< and once more then: others may have taken away what was written meanwhile
  bool complained_ = false;
  std::size_t ticks_ = 0;
  time_point next_check_{};
  bool checking_ = false;
  std::map<std::uint64_t, std::shared_ptr<examination>> examinations_;
  std::uint64_t next_number_ = 1;
};

template <class T>
std::function<void(T)> keys_actor::back(std::function<void(T)> f) {
  return [self = caf::actor_cast<caf::actor>(this), f = std::move(f)](T value) {
    caf::anon_send(self, keys_continue{[f, value = std::make_shared<T>(std::move(value))] { f(std::move(*value)); }});
  };
}

} // namespace troupe::actors
