#pragma once

#include <functional>

namespace troupe::app {

/// SIGINT, SIGTERM and SIGHUP are from now on taken by `wait_for_signal` only; SIGPIPE is ignored. Called before any thread
/// starts, so that all threads inherit it.
void block_signals();

/// Blocks until one of the signals comes or `stopped` says true (asked a few times a second). Gives the signal, or 0. From
/// then on another signal ends the process at once, with status 130.
int wait_for_signal(const std::function<bool()>& stopped);

} // namespace troupe::app
