#pragma once

#include "app/config.hpp"
#include "base/error.hpp"
#include "base/log.hpp"

#include <memory>

namespace troupe::app {

/// Where the process's log goes, as section `log` says: text or JSON lines, to standard error or to files that rotate.
/// Writing is done by a thread of its own behind a bounded queue, so a slow disk never holds a shard up; when the queue
/// is full the oldest records are dropped and counted.
///
/// Exists from the start of a program to its end: threads that log must have ended before it does.
class node_log final : public log::sink {
 public:
  /// Takes the log over until the object ends. Error `log_failed` when the file cannot be written.
  static result<std::unique_ptr<node_log>> open(const log_config& c);
  /// Writes what is queued, then gives the log back to whoever had it.
  ~node_log() override;

  /// JSON lines carry the node's id from now on. Once; any thread.
  void set_node(std::string id);

  void write(const log::record& r) override;

  /// Records lost because the queue was full. Any thread.
  std::uint64_t dropped() const;
  /// The same of the log that is open now; 0 without one. Any thread, while the log exists.
  static std::uint64_t dropped_now();

 private:
  struct parts;
  explicit node_log(std::unique_ptr<parts> p);

  std::unique_ptr<parts> parts_;
  log::sink* previous_;
};

} // namespace troupe::app
