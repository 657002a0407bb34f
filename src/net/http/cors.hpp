#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::net {

/// Who may use this server from a browser page of another origin.
struct cors_policy {
  std::vector<std::string> origins; ///< "*" for any; empty: pages of the same origin only
  bool credentials = false;
  std::vector<std::string> allowed_headers;
  std::vector<std::string> exposed_headers;
  int max_age_s = 0;

  bool enabled() const { return !origins.empty(); }
};

using header_list = std::vector<std::pair<std::string, std::string>>;

/// Whether a page of `origin` may open a session. Always true without an Origin (not a browser), for the origin whose host
/// is the request's own `host`, and for listed ones.
bool origin_allowed(const cors_policy& p, std::string_view origin, std::string_view host);

/// Headers of an actual response.
header_list cors_headers(const cors_policy& p, std::string_view origin);
/// Headers of a 204 answer to a preflight that asked for `requested_headers`.
header_list preflight_headers(const cors_policy& p, std::string_view origin, std::string_view requested_headers);

} // namespace troupe::net
