#pragma once

#include "app/http/answers.hpp"

#include <nlohmann/json.hpp>

namespace troupe::app {

using json_value = nlohmann::ordered_json;

/// What is no UTF-8 (an address from a proxy's header may be anything) is replaced instead of throwing on an actor's
/// thread.
inline ports::http_response object_answer(const json_value& body, unsigned status = 200) {
  return json_answer(body.dump(-1, ' ', false, json_value::error_handler_t::replace), status);
}

} // namespace troupe::app
