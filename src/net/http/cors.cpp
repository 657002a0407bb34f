#include "net/http/cors.hpp"

#include <algorithm>

namespace troupe::net {

namespace {

bool any_origin(const cors_policy& p) { return std::find(p.origins.begin(), p.origins.end(), "*") != p.origins.end(); }

bool listed(const cors_policy& p, std::string_view origin) {
  return std::find(p.origins.begin(), p.origins.end(), origin) != p.origins.end();
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (auto& w : words)
    out += (out.empty() ? "" : ",") + w;
  return out;
}

/// `https://chat.example:8443` -> `chat.example:8443`
std::string_view host_of(std::string_view origin) {
  auto p = origin.find("://");
  return p == std::string_view::npos ? origin : origin.substr(p + 3);
}

void add_origin(header_list& out, const cors_policy& p, std::string_view origin) {
  if (any_origin(p) && !p.credentials) {
    out.emplace_back("Access-Control-Allow-Origin", "*");
    return;
  }
  // Credentials demand the very origin, never a star.
  out.emplace_back("Vary", "Origin");
  if (!origin.empty() && (any_origin(p) || listed(p, origin)))
    out.emplace_back("Access-Control-Allow-Origin", std::string(origin));
  if (p.credentials)
    out.emplace_back("Access-Control-Allow-Credentials", "true");
}

} // namespace

bool origin_allowed(const cors_policy& p, std::string_view origin, std::string_view host) {
  return origin.empty() || host_of(origin) == host || any_origin(p) || listed(p, origin);
}

header_list cors_headers(const cors_policy& p, std::string_view origin) {
  header_list out;
  if (!p.enabled())
    return out;
  add_origin(out, p, origin);
  if (!p.exposed_headers.empty())
    out.emplace_back("Access-Control-Expose-Headers", joined(p.exposed_headers));
  return out;
}

header_list preflight_headers(const cors_policy& p, std::string_view origin, std::string_view requested_headers) {
  header_list out;
  add_origin(out, p, origin);
  out.emplace_back("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE");
  if (!p.allowed_headers.empty()) {
    out.emplace_back("Access-Control-Allow-Headers", joined(p.allowed_headers));
  } else if (!requested_headers.empty()) {
    out.emplace_back("Vary", "Access-Control-Request-Headers");
    out.emplace_back("Access-Control-Allow-Headers", std::string(requested_headers));
  }
  if (p.max_age_s > 0)
    out.emplace_back("Access-Control-Max-Age", std::to_string(p.max_age_s));
  return out;
}

} // namespace troupe::net
