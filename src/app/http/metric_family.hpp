#pragma once
// Short forms for prometheus-cpp's value types.

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <string>
#include <string_view>

namespace troupe::app {

inline prometheus::MetricFamily family(std::string_view name, prometheus::MetricType type, std::string_view help) {
  return {std::string(name), std::string(help), type, {}};
}

inline prometheus::ClientMetric::Label label(std::string_view name, std::string value) {
  return {std::string(name), std::move(value)};
}

/// Adds one sample of the family's own type.
inline void
add_sample(prometheus::MetricFamily& to, double value, std::vector<prometheus::ClientMetric::Label> labels = {}) {
  prometheus::ClientMetric m;
  m.label = std::move(labels);
  if (to.type == prometheus::MetricType::Counter)
    m.counter.value = value;
  else
    m.gauge.value = value;
  to.metric.push_back(std::move(m));
}

} // namespace troupe::app
