#include "backends/redis/url.hpp"

#include <charconv>
#include <optional>

namespace troupe::redis {
namespace {

constexpr int max_database = 1'000'000;

error invalid(const std::string& what) {
  return error{"invalid_redis_url",
    "The URL of Redis " + what + "; it reads redis://[user:password@]host[:port][/database], or rediss://... for TLS."};
}

template<class T>
bool read_number(std::string_view text, T& to) {
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), to);
  return failed == std::errc{} && end == text.data() + text.size();
}

int hex(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0)
      return std::nullopt;
    out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
    i += 2;
  }
  return out;
}

/// `user:password`, `:password` or `user`.
bool read_login(std::string_view text, login& to) {
  auto colon = text.find(':');
  auto user = percent_decoded(text.substr(0, colon));
  auto password = percent_decoded(colon == text.npos ? std::string_view{} : text.substr(colon + 1));
  if (!user || !password)
    return false;
  to.user = std::move(*user);
  if (colon != text.npos)
    to.password = std::move(*password);
  return true;
}

} // namespace

std::string to_text(const endpoint& e) {
  auto host = e.host.find(':') == std::string::npos ? e.host : "[" + e.host + "]";
  return host + ":" + std::to_string(e.port);
}

result<options> with_url(options o, std::string_view text) {
  auto scheme = text.substr(0, std::min(text.find("://"), text.size()));
  if (scheme != "redis" && scheme != "rediss")
    return invalid("does not begin with redis:// or rediss://");
  o.tls = scheme == "rediss";
  text.remove_prefix(scheme.size() + 3);
  if (text.find_first_of("?#") != text.npos)
    return invalid("has a part behind the database that nobody reads");
  auto slash = text.find('/', text.rfind('@') == text.npos ? 0 : text.rfind('@'));
  if (auto path = slash == text.npos ? std::string_view{} : text.substr(slash + 1); !path.empty()) {
    int n = 0;
    if (!read_number(path, n) || n < 0 || n > max_database)
      return invalid("does not end in the number of a database");
    o.database = n;
  }
  auto authority = text.substr(0, slash);
  // A password may hold an @ that nobody encoded.
  if (auto at = authority.rfind('@'); at != authority.npos) {
    if (!read_login(authority.substr(0, at), o.as))
      return invalid("has a % in user or password that is followed by no two hexadecimal digits");
    authority.remove_prefix(at + 1);
  }
  auto server = parse_endpoint(authority, 6379);
  if (!server)
    return invalid("names no host, or a port that is none");
  o.server = *server;
  return o;
}

result<endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port) {
  auto wrong = [text] {
    return error{"invalid_redis_address", "\"" + std::string(text) + "\" is no address of Redis; it reads host:port."};
  };
  endpoint e{"", default_port};
  auto host = text;
  auto port_at = text.npos;
  if (text.starts_with('[')) {
    auto close = text.find(']');
    if (close == text.npos || (close + 1 < text.size() && text[close + 1] != ':'))
      return wrong();
    host = text.substr(1, close - 1);
    port_at = close + 1 < text.size() ? close + 1 : text.npos;
  } else if (auto colon = text.find(':'); colon != text.npos && colon == text.rfind(':')) { // more than one: bare IPv6
    host = text.substr(0, colon);
    port_at = colon;
  }
  if (port_at != text.npos && (!read_number(text.substr(port_at + 1), e.port) || e.port == 0))
    return wrong();
  e.host = host;
  if (host.empty() || host.find_first_of(" /@[]") != host.npos)
    return wrong();
  return e;
}

} // namespace troupe::redis
