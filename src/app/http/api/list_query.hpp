#pragma once

#include "base/error.hpp"
#include "ports/http_handler.hpp"

#include <optional>
#include <string>

namespace troupe::app {

/// What every list takes in its query: `?limit=` (1 to 1,000; 100 if it is left out), `?namespace=` ("/"), and `?scope=`, `cluster` or
/// `node` (only what lives on the node that is asked).
struct list_query {
  std::size_t limit = 100;
  std::string nsp = "/";
  bool here_only = false;
};

/// Errors: `invalid_limit`, `invalid_scope`, `invalid_payload`.
result<list_query> read_list_query(const ports::http_request& request);

} // namespace troupe::app
