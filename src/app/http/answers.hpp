#pragma once

#include "base/error.hpp"
#include "ports/http_handler.hpp"

#include <string>

namespace troupe::app {

/// `json` is the whole body.
ports::http_response json_answer(std::string json, unsigned status = 200);

/// `{"ok":false,"error":{"code":..,"message":..}}`.
ports::http_response error_answer(unsigned status, const error& why);

/// The same, with the status that belongs to the code.
ports::http_response error_answer(const error& why);

} // namespace troupe::app
