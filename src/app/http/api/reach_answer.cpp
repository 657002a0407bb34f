#include "app/http/api/reach_answer.hpp"

namespace troupe::app {

void add_reach(json_value& body, const actors::reach& r) {
  if (r.cut)
    body["cut"] = true;
  for (const auto& node : r.silent)
    body["silent"].push_back({{"node", node.id}, {"reason", to_string(node.why)}});
}

} // namespace troupe::app
