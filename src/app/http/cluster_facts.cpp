#include "app/http/cluster_facts.hpp"

#include "core/cluster/slots.hpp"

namespace troupe::app {

cluster_sums sums_of(const cluster_facts& f) {
  if (f.view)
    return sums_of(*f.view);
  cluster_sums s;
  if (!f.clustered())
    s.slots = cluster::slot_count;
  return s;
}

cluster_sums sums_of(const actors::cluster_view& v) {
  cluster_sums s;
  s.slots = v.slots_owned;
  s.slots_without_home = v.slots_without_home;
  for (const auto& p : v.peers) {
    s.nodes += !p.dead;
    s.linked += p.linked;
    s.takers += p.linked && !p.dead && !p.record.draining;
  }
  return s;
}

} // namespace troupe::app
