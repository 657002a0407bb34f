#pragma once

#include "troupe/broadcast_operator.hpp"
#include "troupe/value.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// Something that another node's program says (`server_side_emit`). Copies are of the same event; may be kept and used from any thread.
class server_event {
 public:
  const std::string& name() const { return name_; }
  /// An array.
  const value& args() const { return args_; }
  /// An argument; null when there are not so many.
  const value& operator[](std::size_t i) const;
  bool wants_ack() const { return answer_ != nullptr; }
  /// Answers, if asked to; the first answer counts.
  template<class... Args>
  void ack(Args&&... args) const { acknowledge(value::array({value(std::forward<Args>(args))...})); }
  /// `args` is an array.
  void acknowledge(const value& args) const;

 private:
  friend struct embed::core;
  struct line; ///< answers once
  std::string name_;
  value args_;
  std::shared_ptr<line> answer_;
};

/// What another node's program answered.
struct server_answer {
  std::string node;
  value args; ///< an array
};

/// What `server_side_emit_with_ack` came to. Nodes whose program does not listen to the event are not expected to answer; those that
/// listen and do not acknowledge in time are `silent`.
struct server_result : reach {
  std::vector<server_answer> answers;
};

} // namespace troupe
