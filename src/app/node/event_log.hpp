#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace troupe::app {

/// The event log: what `user_action` and rules with a `log_topic` record. One JSON object per line,
/// `{"topic":..,...}` (docs/events.md), to a file that rotates at 50 MB, or to the node's log.
class event_log {
 public:
  /// `file` empty: the node's log. Throws nothing; a file that cannot be opened is reported by `problem`.
  explicit event_log(const std::string& file);
  ~event_log();
  const std::string& problem() const { return problem_; }
  /// Any thread.
  void record(std::string_view topic, std::string_view json);

 private:
  std::shared_ptr<spdlog::logger> file_;
  std::string problem_;
};

} // namespace troupe::app
