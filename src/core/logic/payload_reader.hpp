#pragma once

#include "base/error.hpp"
#include "core/json/object_index.hpp"
#include "core/limits/limits.hpp"
#include "core/logic/namespace_logic.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::logic {

/// Reads the first argument of an event. The first problem sticks: read everything, then look at `problem()` once. What was
/// read after a problem is empty and must not be used. Nothing is parsed before somebody asks.
class payload_reader {
 public:
  payload_reader(const inbound_event& event, const limits& l);

  /// The first argument, which must be an object; reported as a problem otherwise.
  payload_reader& object();

  /// A name (room, user, event, id): a non-empty string, or an integer taken as its digits. No control characters.
  std::string name(std::string_view field, std::size_t max_bytes);
  std::string room(std::string_view field = "room") { return name(field, limits_.max_room_name_bytes); }
  std::optional<std::string> optional_name(std::string_view field, std::size_t max_bytes);
  /// The first argument itself when it is a name, else the first of its members in `fields` that is there.
  std::string name_or_member(std::initializer_list<std::string_view> fields, std::size_t max_bytes);
  /// The first argument: an array of names, or one name. Doubled names are left out.
  std::vector<std::string> names(std::string_view what, std::size_t max_bytes, std::size_t max_count);

  /// Any JSON value as text; it must be there, though it may be null.
  std::string_view json(std::string_view field);
  std::optional<std::string_view> optional_json(std::string_view field) const;
  bool boolean(std::string_view field, bool fallback);
  /// An integer of 0 or more.
  std::uint64_t count(std::string_view field);

  bool has(std::string_view field) const { return optional_json(field).has_value(); }
  /// Empty: the event came without arguments.
  std::string_view first() const;
  const std::optional<error>& problem() const { return problem_; }
  void fail(error why);

 private:
  std::string checked_name(std::string_view field, std::string_view value, std::size_t max_bytes);

  const limits& limits_;
  std::string_view args_;
  mutable std::optional<std::string_view> first_;
  mutable std::optional<json::object_index> members_;
  std::optional<error> problem_;
};

} // namespace troupe::logic
