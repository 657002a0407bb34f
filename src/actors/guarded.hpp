#pragma once

#include "actors/metrics.hpp"
#include "base/log.hpp"

#include <exception>
#include <functional>
#include <utility>

namespace troupe::actors {

/// A caller's callback that throws must not take an actor along.
template <class... Args>
std::function<void(Args...)> guarded(metrics& counts, std::function<void(Args...)> f) {
  if (!f)
    return {};
  return [&counts, f = std::move(f)](Args... args) {
    try {
      f(std::move(args)...);
    } catch (const std::exception& e) {
      counts.handler_exceptions.add();
      log::error("callback-failed", "what={}", e.what());
    }
  };
}

} // namespace troupe::actors
