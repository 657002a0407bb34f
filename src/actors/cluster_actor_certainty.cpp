// A process that was stopped for a while cannot know whether others have taken its rooms meanwhile. Rooms with a log learn it from the
// log; the others, and those whose log is away, order nothing until this actor has looked around again.

#include "actors/cluster_actor.hpp"
#include "actors/hub.hpp"
#include "base/log.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe::actors {
namespace {

/// Shorter than the silence after which others give a link up (cluster.link_timeout_ms is 1 s), with time for what they then do.
constexpr duration certainty{700};
/// What a peer said is news for so long.
constexpr duration fresh{1'000};

} // namespace

void cluster_actor::look_around(time_point now) {
  if (now - looked_ > certainty && !unsure_since_) {
    if (looked_ != time_point{})
      log::warn("was-stopped", "for_ms={} The node makes sure that its rooms are still its own.",
                std::chrono::duration_cast<duration>(now - looked_).count());
    unsure_since_ = now;
    asked_ = false;
  }
  looked_ = now;
  hub_->tell_placed();
  const bool away = registry_away_for_all(now);
  if (unsure_since_ && !machine_.registry_up() && away && heard_everybody_since(*unsure_since_))
    be_sure(now);
  if (unsure_since_ && !std::exchange(asked_, true)) {
    cluster::do_read read;
    apply(read);
  }
  if (!unsure_since_)
    hub_->sure_until.store(now + certainty, std::memory_order_release);
  if (away == hub_->log_away.load(std::memory_order_relaxed))
    return;
  hub_->log_away.store(away, std::memory_order_release);
  log::warn(away ? "log-away" : "log-back", "{}", away ? "Redis is away for every node: rooms whose history cannot be reached go on from memory." : "Redis is back: rooms write to their history again.");
  for (auto& part : hub_->directories)
    caf::anon_send(part, to_all_rooms{room_ordering_changed{}});
}

bool cluster_actor::registry_away_for_all(time_point now) const {
  const auto peers = machine_.peers();
  return !machine_.registry_up() && std::all_of(peers.begin(), peers.end(), [&](auto& p) {
    const auto heard = heard_.find(p.record.id);
    return p.dead || (p.linked && !p.registry_up && heard != heard_.end() && now - heard->second < fresh);
  });
}

bool cluster_actor::heard_everybody_since(time_point when) const {
  const auto peers = machine_.peers();
  return std::all_of(peers.begin(), peers.end(), [&](auto& p) {
    const auto heard = heard_.find(p.record.id);
    return p.dead || (heard != heard_.end() && heard->second > when);
  });
}

void cluster_actor::be_sure(time_point now) {
  unsure_since_.reset();
  hub_->sure_until.store(now + certainty, std::memory_order_release);
  for (auto& part : hub_->directories)
    caf::anon_send(part, to_all_rooms{room_ordering_changed{}});
}

void cluster_actor::on(const read_answer& m) {
  const auto now = clock::now();
  run(machine_.on_read(m.r, now, hub_->wall()));
  if (!unsure_since_)
    return;
  asked_ = false; // again, if this was no answer
  // What moved while this process stood still is known now, and the rooms have been told.
  if (m.r)
    be_sure(now);
}

} // namespace troupe::actors
