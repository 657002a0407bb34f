#include "core/messaging/stamp.hpp"

namespace troupe::messaging {

std::string stamped(std::string open_object, unix_ms ts, std::uint64_t seq) {
  if (open_object.size() > 1)
    open_object += ',';
  open_object.append("\"ts\":").append(std::to_string(ts));
  open_object.append(",\"seq\":").append(std::to_string(seq));
  open_object += '}';
  return open_object;
}

} // namespace troupe::messaging
