#pragma once

#include "troupe/fwd.hpp"
#include "troupe/value.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// Answers a client's acknowledgement request later, from any thread. Copies answer the same request; the first answer counts;
/// a client that has left in the meantime is no error.
class responder {
 public:
  template<class... Args>
  void operator()(Args&&... args) const { answer(value::array({value(std::forward<Args>(args))...})); }
  /// `args` is an array.
  void answer(value args) const;

 private:
  friend class event;
  std::weak_ptr<embed::core> core_;
  std::string nsp_;
  std::string socket_id_;
  std::uint64_t ack_id_ = 0;
  bool wanted_ = false;
};

/// An event that a client sent. Valid during its handler.
class event {
 public:
  std::string_view name() const;
  /// The arguments: an array, without the event's name and the acknowledgement.
  const value& args() const;
  std::size_t size() const { return args().size(); }
  /// An argument; null when there are not so many.
  const value& operator[](std::size_t i) const;
  /// The arguments as they came over the wire, a JSON array; cheaper than `args` when they are only passed on.
  std::string_view text() const;

  /// Whether the client waits for an acknowledgement.
  bool wants_ack() const;
  /// Acknowledges, if asked to; later calls have no effect.
  template<class... Args>
  void ack(Args&&... args) { acknowledge(value::array({value(std::forward<Args>(args))...})); }
  /// `args` is an array.
  void acknowledge(const value& args);
  /// For acknowledging after the handler has returned.
  responder later() const;

 private:
  friend struct embed::handlers;
  explicit event(embed::event_state& state) : state_(&state) {}
  embed::event_state* state_;
};

} // namespace troupe
