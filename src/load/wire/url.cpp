#include "load/wire/url.hpp"

#include <charconv>
#include <optional>

namespace troupe::load {
namespace {

error invalid(std::string_view text, std::string_view why) {
  return {"invalid_url", "the URL " + std::string(text) + " " + std::string(why)};
}

std::optional<bool> is_tls(std::string_view scheme) {
  if (scheme == "http" || scheme == "ws")
    return false;
  if (scheme == "https" || scheme == "wss")
    return true;
  return std::nullopt;
}

} // namespace

std::string url::authority() const {
  const bool v6 = host.find(':') != host.npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

result<url> parse_url(std::string_view text) {
  const auto colon = text.find("://");
  const auto tls = is_tls(text.substr(0, colon == text.npos ? 0 : colon));
  if (!tls)
    return invalid(text, "does not start with http:// or https://");
  auto rest = text.substr(colon + 3);
  if (rest.ends_with('/'))
    rest.remove_suffix(1);
  if (rest.find_first_of("/?#@") != rest.npos)
    return invalid(text, "holds more than a host and a port; the path goes into --path");
  url out{*tls, {}, static_cast<std::uint16_t>(*tls ? 443 : 80)};
  const bool bracket = rest.starts_with('[');
  const auto host_end = rest.find(bracket ? ']' : ':');
  if (bracket && host_end == rest.npos)
    return invalid(text, "opens a bracket and does not close it");
  if (bracket) {
    out.host = rest.substr(1, host_end - 1);
    rest.remove_prefix(host_end + 1);
  } else {
    out.host = rest.substr(0, host_end);
    rest.remove_prefix(out.host.size());
  }
  if (out.host.empty())
    return invalid(text, "names no host");
  if (!rest.empty()) {
    const auto* end = rest.data() + rest.size();
    const auto [stop, failure] = std::from_chars(rest.data() + 1, end, out.port);
    if (rest[0] != ':' || failure != std::errc{} || stop != end || out.port == 0)
      return invalid(text, "has no port between 1 and 65535");
  }
  return out;
}

} // namespace troupe::load
