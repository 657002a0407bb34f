#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace troupe::logic {

/// Writes one JSON object member by member, in order, as text.
class object_text {
 public:
  object_text() {
    out_.reserve(128);
    out_.push_back('{');
  }

  object_text& text(std::string_view name, std::string_view value);
  object_text& number(std::string_view name, std::int64_t value);
  object_text& boolean(std::string_view name, bool value);
  /// `json` is a valid JSON value and goes in as it is.
  object_text& raw(std::string_view name, std::string_view json);
  /// The members of a valid JSON object as they are, except those called by one of `but_not`: a client cannot put its own
  /// value beside one that the server sets.
  object_text& members_of(std::string_view object, std::span<const std::string_view> but_not);

  /// The object so far without its closing brace, for somebody who appends further members. At least one member was written.
  std::string open() && { return std::move(out_); }
  std::string closed() && { return std::move(out_.append(1, '}')); }

 private:
  std::string& key(std::string_view name);
  void separate();

  std::string out_;
};

} // namespace troupe::logic
