#include "core/cluster/peer.hpp"

#include <algorithm>

namespace troupe::cluster {
namespace {

constexpr std::size_t takes_remembered = 64;
/// A renewal that was on its way when the peer died arrives within this.
constexpr duration afterlife{100};

} // namespace

bool peer::first_time(std::uint64_t take) {
  if (std::find(takes.begin(), takes.end(), take) != takes.end())
    return false;
  if (takes.size() == takes_remembered)
    takes.pop_front();
  takes.push_back(take);
  return true;
}

sight_verdict judge(const peer& p, const lease_sight& s, const node_options& o) {
  if (p.linked)
    return sight_verdict::nothing;
  if (!s.left) {
    const bool older = p.since >= s.asked || (p.lost_at && *p.lost_at >= s.asked);
    return s.trusted && !older ? sight_verdict::gone : sight_verdict::nothing;
  }
  if (!p.lost_at)
    return sight_verdict::nothing;
  const bool missed = *s.left < o.lease - o.heartbeat - renewal_margin;
  if (p.life != peer_life::dead && missed && s.trusted && s.asked >= *p.lost_at)
    return sight_verdict::dead;
  const auto renewed = s.asked - (o.lease - *s.left);
  if (p.life != peer_life::alive && !missed && renewed > *p.lost_at + afterlife)
    return sight_verdict::lives;
  return sight_verdict::nothing;
}

} // namespace troupe::cluster
