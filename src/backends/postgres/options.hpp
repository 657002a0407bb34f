#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <string>

namespace troupe::postgres {

/// Everything a log in PostgreSQL has to know. docs/configuration.md, section postgres.
struct options {
  std::string url;                    ///< libpq's connection string: postgres://... or words; holds the password
  std::string schema = "troupe";      ///< where the tables are; made when it is missing. Letters, digits, underscores
  std::string cluster = "troupe";     ///< logs of different clusters share the tables
  duration timeout{2'000};            ///< of one call, from when it is sent; one that waits for so long is not sent
  duration connect_timeout{2'000};    ///< of one attempt
  duration reconnect_min{100};        ///< first pause between attempts; doubles, with jitter
  duration reconnect_max{1'000};
  duration sweep_every{1'000};        ///< looks for expired logs; also shows whether an idle connection lives
  std::size_t max_calls = 10'000;     ///< that wait
  std::size_t max_call_bytes = 64'000'000;
};

} // namespace troupe::postgres
