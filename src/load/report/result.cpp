#include "load/report/result.hpp"

#include <algorithm>

namespace troupe::load {

bool run_result::good() const {
  const bool came_back = std::all_of(storms.begin(), storms.end(), [](const auto& s) { return s.all_back; });
  return check.clean() && refused == 0 && stalled == 0 && connections.not_established() == 0 && connections.lost == 0
         && came_back && (!window || window->skipped == 0);
}

} // namespace troupe::load
