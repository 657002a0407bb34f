#pragma once

#include "backends/postgres/rows.hpp"
#include "backends/postgres/statements.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

#include <functional>
#include <string>
#include <vector>

namespace troupe::postgres {

/// One statement that waits for its turn.
struct call {
  statement what = statement::read;
  std::string room;                 ///< calls of one room keep their order
  std::vector<std::string> values;  ///< of the statement's parameters, in binary
  std::function<void(result<rows>)> done;
  time_point deadline{};            ///< one that was not sent by then is not sent any more
  std::size_t bytes = 0;
  std::size_t entries = 0;          ///< appended, if it succeeds
};

} // namespace troupe::postgres
