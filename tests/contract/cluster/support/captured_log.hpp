#pragma once

#include "base/log.hpp"

#include <mutex>
#include <string>

namespace cluster_tests {

using namespace troupe;

/// Everything that is logged while it lives.
class captured_log final : public log::sink {
 public:
  captured_log() : before_(log::set_sink(this)) { log::set_level(log::level::trace); }
  ~captured_log() override {
    log::set_level(log::level::off);
    log::set_sink(before_);
  }
  void write(const log::record& r) override {
    std::lock_guard hold(lock_);
    all_ += std::string(r.event) + " " + r.message + "\n";
  }
  bool has(const std::string& text) const {
    std::lock_guard hold(lock_);
    return all_.find(text) != std::string::npos;
  }

 private:
  mutable std::mutex lock_;
  std::string all_;
  log::sink* before_;
};

} // namespace cluster_tests
