#include "app/node/signals.hpp"

#include <csignal>
#include <ctime>
#include <thread>
#include <unistd.h>

namespace troupe::app {

namespace {

sigset_t ending_signals() {
  sigset_t s;
  sigemptyset(&s);
  sigaddset(&s, SIGINT);
  sigaddset(&s, SIGTERM);
  sigaddset(&s, SIGHUP);
  return s;
}

/// The second signal: whoever sends it has no more patience.
void exit_at_next_signal() {
  std::thread([] {
    auto set = ending_signals();
    int number = 0;
    sigwait(&set, &number);
    _exit(130);
  }).detach();
}

} // namespace

void block_signals() {
  auto set = ending_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int wait_for_signal(const std::function<bool()>& stopped) {
  auto set = ending_signals();
  timespec quarter{0, 250'000'000};
  while (!stopped()) {
    auto number = sigtimedwait(&set, nullptr, &quarter);
    if (number > 0) {
      exit_at_next_signal();
      return number;
    }
  }
  return 0;
}

} // namespace troupe::app
