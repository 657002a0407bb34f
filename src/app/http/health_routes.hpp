#pragma once

#include "app/http/node_facts.hpp"
#include "app/http/visit.hpp"

namespace troupe::app {

/// What load balancers and supervisors ask.
class health_routes {
 public:
  explicit health_routes(const node_facts& node) : node_(node) {}

  /// 200 as long as somebody answers: restart the node when nobody does.
  void live(visit& v);
  /// 200 when clients should be sent here, else 503 with the reasons.
  void ready(visit& v);
  /// Always 200: a summary for people.
  void health(visit& v);

 private:
  const node_facts& node_;
};

} // namespace troupe::app
