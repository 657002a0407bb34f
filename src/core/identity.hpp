#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Who is behind a socket, as its token said (or as it said itself in anonymous mode).
struct identity {
  std::string user_id;
  std::string tenant_id;                 ///< empty: none
  std::vector<std::string> roles;        ///< e.g. "user", "producer", "admin"
  std::vector<std::string> permissions;  ///< free words that event rules may ask for
  bool anonymous = true;
  bool guest = false;                    ///< said nothing of itself: `user_id` is made up
  std::optional<unix_ms> expires;        ///< when the token ends; the connection is closed then

  bool has_role(std::string_view r) const { return std::find(roles.begin(), roles.end(), r) != roles.end(); }
  bool has_permission(std::string_view p) const {
    return std::find(permissions.begin(), permissions.end(), p) != permissions.end();
  }
  bool operator==(const identity&) const = default;
};

} // namespace troupe
