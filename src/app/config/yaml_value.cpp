#include "app/config/yaml_value.hpp"

#include "base/printable.hpp"

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <regex>

namespace troupe::app {
namespace {

std::string lower(std::string s) {
  std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return s;
}

std::string trimmed(std::string_view s) {
  auto first = s.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return std::string{s.substr(first, s.find_last_not_of(" \t") - first + 1)};
}

std::vector<std::string> split(const std::string& s) {
  std::vector<std::string> out;
  for (std::size_t start = 0; start <= s.size();) {
    auto comma = std::min(s.find(',', start), s.size());
    if (auto part = trimmed(std::string_view{s}.substr(start, comma - start)); !part.empty())
      out.push_back(part);
    start = comma + 1;
  }
  return out;
}

/// A word that every YAML reader takes for the text it is.
bool is_plain(const std::string& s) {
  constexpr std::array keywords{"true", "false", "yes", "no", "on", "off", "y", "n", "null"};
  if (s.empty() || !std::isalpha(static_cast<unsigned char>(s[0])))
    return false;
  bool simple = std::all_of(s.begin(), s.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-' || c == '.' || c == '/';
  });
  return simple && std::find(keywords.begin(), keywords.end(), lower(s)) == keywords.end();
}

/// `password=hunter2 dbname=chat`, `...?password=hunter2&sslmode=require`; what ends a value differs between the two.
std::string without_password_words(const std::string& s, bool in_url) {
  static const std::regex word{R"((password\s*=\s*)('(?:[^'\\]|\\.)*'?|(?:[^\s\\]|\\.)+))"}, parameter{R"((password=)([^&#]+))"};
  return std::regex_replace(s, in_url ? parameter : word, "$1***");
}

} // namespace

std::optional<bool> read_bool(const YAML::Node& n) {
  if (!n.IsScalar())
    return std::nullopt;
  auto word = lower(n.Scalar());
  for (const char* yes : {"true", "yes", "on", "1"})
    if (word == yes)
      return true;
  for (const char* no : {"false", "no", "off", "0"})
    if (word == no)
      return false;
  return std::nullopt;
}

std::optional<std::int64_t> read_number(const YAML::Node& n) {
  if (!n.IsScalar())
    return std::nullopt;
  const auto& s = n.Scalar();
  std::int64_t value = 0;
  auto [end, failure] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (failure != std::errc{} || end != s.data() + s.size())
    return std::nullopt;
  return value;
}

std::optional<std::string> read_text(const YAML::Node& n) {
  if (!n.IsScalar())
    return std::nullopt;
  return n.Scalar();
}

std::optional<std::vector<std::string>> read_list(const YAML::Node& n) {
  if (n.IsScalar())
    return split(n.Scalar());
  if (!n.IsSequence())
    return std::nullopt;
  std::vector<std::string> out;
  for (const auto& element : n) {
    if (!element.IsScalar())
      return std::nullopt;
    out.push_back(element.Scalar());
  }
  return out;
}

YAML::Node node_from_text(const std::string& text, bool structured) {
  if (structured && !text.empty() && (text[0] == '[' || text[0] == '{'))
    return YAML::Load(text);
  return YAML::Node{text};
}

std::string yaml_text(const std::string& s) {
  return is_plain(s) ? s : nlohmann::json(s).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string yaml_text(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& element : list)
    out += (out.empty() ? "" : ", ") + yaml_text(element);
  return "[" + out + "]";
}

std::string masked(const std::string& s, secrecy hide) {
  if (hide == secrecy::open || s.empty())
    return s;
  if (hide == secrecy::secret)
    return "***";
  if (hide == secrecy::connection) {
    const bool in_url = s.find("://") != std::string::npos;
    return without_password_words(in_url ? masked(s, secrecy::url) : s, in_url);
  }
  auto scheme = s.find("://");
  auto user = scheme == std::string::npos ? 0 : scheme + 3;
  auto at = s.substr(user, s.find_first_of("/?#", user) - user).rfind('@');
  if (at == std::string::npos)
    return s;
  auto colon = s.find(':', user);
  auto password = colon < user + at ? colon + 1 : user; // a lone user name may be a token
  return s.substr(0, password) + "***" + s.substr(user + at);
}

std::string describe(const YAML::Node& n) {
  if (n.IsSequence())
    return "found a list";
  if (n.IsMap())
    return "found a group of keys";
  return n.IsScalar() ? "found \"" + printable(n.Scalar(), 60) + "\"" : "found nothing";
}

} // namespace troupe::app
