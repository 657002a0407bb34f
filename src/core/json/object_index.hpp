#pragma once

#include "core/json/json_text.hpp"

#include <boost/container/small_vector.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace troupe::json {

/// The members of a valid object, found by one pass over its text; for whoever asks for more than one. Anything that is no
/// object has no members.
class object_index {
 public:
  object_index() = default;
  explicit object_index(std::string_view object);
  /// The value text of the last member called `name`.
  std::optional<std::string_view> find(std::string_view name) const;

 private:
  boost::container::small_vector<std::pair<std::string_view, std::string_view>, 8> members_; ///< raw keys with quotes
};

} // namespace troupe::json
