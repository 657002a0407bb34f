#pragma once

#include "base/error.hpp"
#include "core/limits/limits.hpp"
#include "core/logic/payload_reader.hpp"
#include "core/room/safety.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::app {

/// The JSON object in a request's body. As with events, the first problem sticks: read everything, then look at
/// `problem`. Values stay the text that was sent, so numbers keep their spelling.
class api_body {
 public:
  /// An empty body counts as `{}`.
  api_body(std::string_view body, const limits& l);
  api_body(const api_body&) = delete;
  api_body& operator=(const api_body&) = delete;

  std::string name(std::string_view field, std::size_t max_bytes) { return reader_.name(field, max_bytes); }
  std::optional<std::string> optional_name(std::string_view field, std::size_t max_bytes) {
    return reader_.optional_name(field, max_bytes);
  }
  std::string room() { return reader_.room(); }
  /// An event name that clients may receive.
  std::string event();
  std::optional<std::string> optional_event();
  /// "/" if it is left out.
  std::string nsp();
  std::string_view json(std::string_view field) { return reader_.json(field); }
  std::optional<std::string_view> optional_json(std::string_view field) const { return reader_.optional_json(field); }
  /// How safe the message must be; home if it is left out.
  room::safety level();
  bool boolean(std::string_view field, bool fallback) { return reader_.boolean(field, fallback); }
  /// A name or an array of at most 1,000 names; empty if it is left out.
  std::vector<std::string> names(std::string_view field);

  const std::optional<error>& problem() const { return reader_.problem(); }

 private:
  static std::string args_of(std::string_view body, const limits& l, std::optional<error>& why);
  std::string checked_event(std::string name);

  const limits& limits_;
  std::optional<error> malformed_;
  std::string args_; ///< `[{..}]`: the body as the arguments of an event
  logic::payload_reader reader_;
};

/// Why `nsp` is no namespace's name, if it is none.
std::optional<error> refuse_namespace(std::string_view nsp);

} // namespace troupe::app
