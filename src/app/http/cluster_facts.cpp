#include "app/http/cluster_facts.hpp"

#include "core/cluster/slots.hpp"

namespace troupe::app {

cluster_sums sums_of(const cluster_facts& f) {
  cluster_sums s;
  if (!f.clustered())
    s.slots = cluster::slot_count;
  if (!f.view)
    return s;
  s.slots = f.view->slots_owned;
  s.slots_without_home = f.view->slots_without_home;
  for (const auto& p : f.view->peers) {
    s.nodes += !p.dead;
    s.linked += p.linked;
    s.takers += p.linked && !p.dead && !p.record.draining;
  }
  return s;
}

} // namespace troupe::app
