#include "app/config/print.hpp"

#include "app/config/schema.hpp"

#include <fmt/format.h>
#include <sstream>

namespace troupe::app {
namespace {

constexpr std::size_t comment_width = 110;

/// Opens the groups on the way to `key`, as far as the option before has not opened them.
class group_writer {
 public:
  /// Calls `heading(group, indent)` for each new group; returns the indent of the option's own line.
  template<class Heading>
  std::string enter(std::string_view key, Heading heading) {
    auto group = key.substr(0, key.rfind('.'));
    for (std::size_t end = 0; end != std::string_view::npos;) {
      end = group.find('.', end + 1);
      auto part = group.substr(0, end);
      if (part != current_ && !current_.starts_with(std::string{part} + "."))
        heading(part, std::string(2 * std::count(part.begin(), part.end(), '.'), ' '));
    }
    current_ = group;
    return std::string(2 * (1 + std::count(group.begin(), group.end(), '.')), ' ');
  }

 private:
  std::string_view current_;
};

std::string_view leaf(std::string_view key) {
  return key.substr(key.rfind('.') + 1);
}

/// `# ` lines no wider than comment_width.
std::string comment(const std::string& indent, const std::string& text) {
  std::string out, line = indent + "#", word;
  std::istringstream words{text};
  while (words >> word) {
    if (line.size() + 1 + word.size() > comment_width) {
      out += line + "\n";
      line = indent + "#";
    }
    line += " " + word;
  }
  return out + line + "\n";
}

std::string about(const config_option& o) {
  std::string out{o.doc};
  out += " (" + o.accepts + (o.alias.empty() ? "" : fmt::format("; also the variable {}", o.alias)) + ")";
  return out;
}

} // namespace

std::string print_config(const loaded& l, bool with_origins) {
  std::string out;
  group_writer groups;
  for (const auto& o : schema()) {
    auto indent = groups.enter(
      o.key, [&](std::string_view group, const std::string& at) { out += fmt::format("{}{}:\n", at, leaf(group)); });
    auto value = o.yaml(l.values, o.hide);
    auto origin = l.origins.find(std::string{o.key});
    auto note = with_origins ? fmt::format("  # {}", origin == l.origins.end() ? "default" : origin->second) : "";
    bool own_lines = value.starts_with('\n');
    out +=
      fmt::format("{}{}:{}{}\n", indent, leaf(o.key), own_lines ? note + value : " " + value, own_lines ? "" : note);
  }
  return out;
}

std::string print_example() {
  std::string out = comment(
    "", "Every option of Troupe with its default. Copy what you need to troupe.yaml; what is not there keeps its "
        "default. docs/configuration.md says how variables and --set override a file.");
  const config defaults;
  group_writer groups;
  for (const auto& o : schema()) {
    auto indent = groups.enter(
      o.key, [&](std::string_view group, const std::string& at) { out += fmt::format("\n{}{}:\n", at, leaf(group)); });
    out += comment(indent, about(o));
    out += fmt::format("{}{}: {}\n", indent, leaf(o.key), o.yaml(defaults, secrecy::open));
  }
  return out;
}

} // namespace troupe::app
