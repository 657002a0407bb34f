#include "backends/postgres/alarm.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace troupe::postgres {

alarm::alarm() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0)
    throw std::system_error(errno, std::generic_category(), "eventfd");
}

alarm::~alarm() { ::close(descriptor_); }

void alarm::ring() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one); // fails only when it rings already
}

bool alarm::wait(int socket, short events, time_point until) {
  pollfd both[2] = {{descriptor_, POLLIN, 0}, {socket, events, 0}};
  const auto left = std::chrono::ceil<duration>(until - clock::now()).count();
  const auto ready = ::poll(both, socket < 0 ? 1 : 2, static_cast<int>(std::clamp<duration::rep>(left, 0, 60'000)));
  if (ready <= 0)
    return false;
  if (both[0].revents) {
    std::uint64_t rings = 0;
    [[maybe_unused]] const auto count = ::read(descriptor_, &rings, sizeof rings);
  }
  return both[1].revents != 0;
}

} // namespace troupe::postgres
