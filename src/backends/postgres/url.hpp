#pragma once

#include "base/error.hpp"

#include <string>

namespace troupe::postgres {

/// Whether libpq understands the connection string. The error, `invalid_postgres_url`, repeats nothing of it: what is wrong may be
/// the password.
result<bool> check_url(const std::string& url);

} // namespace troupe::postgres
