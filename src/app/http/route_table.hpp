#pragma once

#include "app/http/visit.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::app {

/// Which function answers which method and path.
class route_table {
 public:
  using action = std::function<void(visit&)>;

  /// `pattern` is a path whose parts are literal or `{}`, which stands for exactly one non-empty part:
  /// `/rooms/{}/members`. Of several patterns that match, the one added first counts.
  void add(std::string_view method, std::string_view pattern, action serve);
  template <class Group>
  void add(std::string_view method, std::string_view pattern, Group& group, void (Group::*member)(visit&)) {
    add(method, pattern, [&group, member](visit& v) { (group.*member)(v); });
  }

  /// Calls the route, or answers 404, 405 (with `Allow`) or, for OPTIONS, 204. HEAD is served by GET's route: whoever
  /// writes the answer leaves the body out.
  void serve(const ports::http_request& request, ports::http_respond respond) const;

 private:
  struct route {
    std::string method;
    std::vector<std::string> pattern;
    action serve;
  };
  std::vector<route> routes_;
};

/// The percent-decoded parts of a request target's path: "/a/b%2Fc?d" gives "a", "b/c". Nothing when it is no path, or
/// stands for something else than UTF-8 without control characters: parts become names of rooms and users.
std::optional<std::vector<std::string>> path_parts(std::string_view target);

/// What stood for each `{}` of the pattern, or nothing if the path is another one.
std::optional<std::vector<std::string>> match(
  const std::vector<std::string>& pattern, const std::vector<std::string>& path);

} // namespace troupe::app
