#include "app/config/demands.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace troupe::app::demands {
namespace {

bool only(const std::string& s, std::string_view punctuation) {
  return std::all_of(s.begin(), s.end(), [&](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || punctuation.find(static_cast<char>(c)) != std::string_view::npos);
  });
}

bool is_host(const std::string& s) {
  return !s.empty() && s.size() <= 253 && only(s, "-._:%[]");
}

bool is_address_or_subnet(const std::string& s) {
  boost::system::error_code no_address, no_v4, no_v6;
  boost::asio::ip::make_address(s, no_address);
  boost::asio::ip::make_network_v4(s, no_v4);
  boost::asio::ip::make_network_v6(s, no_v6);
  return !no_address || !no_v4 || !no_v6;
}

bool is_path(const std::string& s) {
  return s.size() > 1 && s.size() <= 255 && s.front() == '/' && s.back() != '/' && only(s, "-._~/");
}

bool is_origin(const std::string& s) {
  if (s == "*" || s == "null")
    return true;
  auto scheme = s.find("://");
  return scheme != std::string::npos && scheme > 0 && scheme + 3 < s.size() && only(s, "-._:/[]")
         && s.find('/', scheme + 3) == std::string::npos;
}

bool is_namespace(const std::string& s) {
  auto star = s.find('*');
  return !s.empty() && s.front() == '/' && s.find(',') == std::string::npos
         && (star == std::string::npos || star + 1 == s.size());
}

bool is_name_pattern(const std::string& s) {
  auto star = s.find('*');
  return !s.empty() && (star == std::string::npos || star + 1 == s.size());
}

bool is_broker(const std::string& s) {
  auto colon = s.rfind(':');
  return colon != std::string::npos && is_host(s.substr(0, colon)) && colon + 1 < s.size()
         && s.find_first_not_of("0123456789", colon + 1) == std::string::npos;
}

template<class... Scheme>
bool empty_or(const std::string& s, Scheme... schemes) {
  return s.empty() || ((s.starts_with(schemes) && s.size() > std::string_view{schemes}.size()) || ...);
}

} // namespace

const demand not_empty{[](const std::string& s) { return !s.empty(); }, "a text that is not empty"};
const demand host{is_host, "an address or a host name (0.0.0.0 for every IPv4 address, \"::\" for every address)"};
const demand optional_host{
  [](const std::string& s) { return s.empty() || is_host(s); }, "an address or a host name, or nothing"};
const demand address_or_subnet{is_address_or_subnet, "an IP address or a subnet such as 10.0.0.0/8"};
const demand node_id{
  [](const std::string& s) { return s.size() <= 64 && only(s, "-._"); },
  "up to 64 letters, digits, dots, dashes and underscores, or nothing"};
const demand url_path{is_path, "a path that starts with / and does not end with one, such as /socket.io"};
const demand cookie_path{
  [](const std::string& s) { return !s.empty() && s[0] == '/' && only(s, "-._~/%"); }, "a path that starts with /"};
const demand token{
  [](const std::string& s) { return only(s, "!#$%&'*+-.^_`|~"); }, "a name of letters, digits and dashes"};
const demand origin{is_origin, "an origin such as https://chat.example.com (no path), or \"*\""};
const demand namespace_name{is_namespace, "a namespace such as / or /admin, with a * only at the end"};
const demand optional_namespace{
  [](const std::string& s) { return s.empty() || is_namespace(s); }, "a namespace such as / or /admin, with a * only at the end, or nothing"};
const demand name_pattern{is_name_pattern, "a name, with a * only at the end"};
const demand broker{is_broker, "host:port"};
const demand redis_url{
  [](const std::string& s) { return empty_or(s, "redis://", "rediss://"); },
  "redis://[user:password@]host[:port][/database], rediss://... for TLS, or nothing"};
const demand redis_prefix{
  [](const std::string& s) { return s.size() <= 64 && only(s, ":-._/"); },
  "up to 64 letters, digits and : - . _ /, or nothing"};
const demand sql_name{
  [](const std::string& s) { return !s.empty() && s.size() <= 63 && only(s, "_") && !std::isdigit(static_cast<unsigned char>(s[0])); },
  "up to 63 letters, digits and underscores, the first no digit"};

} // namespace troupe::app::demands
