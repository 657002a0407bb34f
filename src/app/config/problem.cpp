#include "app/config/problem.hpp"

namespace troupe::app {

std::string to_string(const problem& p) {
  std::string out;
  for (const auto* part : {&p.where, &p.key})
    if (!part->empty())
      out += *part + ": ";
  return out + p.message;
}

} // namespace troupe::app
