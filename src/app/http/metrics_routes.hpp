#pragma once

#include "app/http/node_metrics.hpp"
#include "app/http/visit.hpp"

namespace troupe::app {

/// `/metrics`, for Prometheus or, with `?format=json`, as one small object.
class metrics_routes {
 public:
  explicit metrics_routes(const node_facts& node) : node_(node), metrics_(node) {}
  void metrics(visit& v);

 private:
  ports::http_response as_json() const;

  const node_facts& node_;
  node_metrics metrics_;
};

} // namespace troupe::app
