#pragma once

#include "ports/http_handler.hpp"

#include <string>
#include <vector>

namespace troupe::app {

/// A request on its way through a route. Routes that answer later move `respond` out and copy what they need: the
/// request lives during the call only.
struct visit {
  const ports::http_request& request;
  std::vector<std::string> parts; ///< what stood in the place of each {} of the pattern, percent-decoded
  ports::http_respond respond;
};

} // namespace troupe::app
