#pragma once
// Makes rows of the schema. Access is a generic lambda from the owner to the member, const or not; AT(server.port)
// writes it.

#include "app/config/yaml_value.hpp"
#include "base/time.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fmt/format.h>
#include <initializer_list>
#include <limits>
#include <optional>

#define AT(path)                                                                                                       \
  [](auto& o) -> auto& {                                                                                               \
    return o.path;                                                                                                     \
  }

namespace troupe::app {

/// An additional demand on a text or on each element of a list, with the words for it.
struct demand {
  bool (*holds)(const std::string&) = [](const std::string&) { return true; };
  std::string_view words{};
};

/// Lets one reader decide: a value, or nothing when the node is not what `accepts` says.
template<class Owner, class Read>
auto reader(std::string accepts, Read read) {
  return [accepts = std::move(accepts), read](const YAML::Node& n, Owner& o, const mistake& report) {
    if (!read(n, o))
      report(n, "", "expected " + accepts);
  };
}

/// The type of a member, also of one that may be left unset (std::optional).
template<class T>
struct value_of {
  using type = T;
};
template<class T>
struct value_of<std::optional<T>> {
  using type = T;
};
template<class Owner, class Access>
using value_at = typename value_of<std::decay_t<decltype(std::declval<Access>()(std::declval<Owner&>()))>>::type;

/// `text` of the value; nothing for a member that is not set.
template<class T, class Text>
std::string shown(const T& value, Text text) {
  return text(value);
}
template<class T, class Text>
std::string shown(const std::optional<T>& value, Text text) {
  return value ? text(*value) : std::string{};
}

template<class Owner, class Access>
option<Owner> flag(std::string_view key, Access at, std::string_view doc) {
  auto read = [at](const YAML::Node& n, Owner& o) {
    auto value = read_bool(n);
    if (value)
      at(o) = *value;
    return value.has_value();
  };
  auto yaml = [at](const Owner& o, secrecy) {
    return shown(at(o), [](bool value) { return std::string{value ? "true" : "false"}; });
  };
  return {key, "true or false", doc, reader<Owner>("true or false", read), yaml};
}

struct span {
  std::int64_t min = 0;
  std::int64_t max = 1'000'000'000;
};

/// Any integral member, or a duration: then the number counts `unit`s of it (milliseconds, or seconds for keys in _s).
template<class Owner, class Access>
option<Owner> number(std::string_view key, Access at, span within, std::string_view doc) {
  using value_type = value_at<Owner, Access>;
  constexpr bool is_time = std::is_same_v<value_type, duration>;
  const std::int64_t unit = is_time && key.ends_with("_s") ? 1'000 : 1;
  std::string_view of = key.ends_with("_ms")      ? " of milliseconds"
                        : key.ends_with("_s")     ? " of seconds"
                        : key.ends_with("_bytes") ? " of bytes"
                                                  : "";
  auto accepts = fmt::format("a whole number{} from {} to {}", of, within.min, within.max);
  auto read = [at, within, unit](const YAML::Node& n, Owner& o) {
    auto value = read_number(n);
    if (!value || *value < within.min || *value > within.max)
      return false;
    at(o) = static_cast<value_type>(*value * unit);
    return true;
  };
  auto yaml = [at, unit](const Owner& o, secrecy) {
    return shown(at(o), [unit](value_type value) {
      if constexpr (is_time)
        return fmt::format("{}", value.count() / unit);
      else
        return fmt::format("{}", value);
    });
  };
  return {key, accepts, doc, reader<Owner>(accepts, read), yaml};
}

template<class Owner, class Access>
option<Owner> text(std::string_view key, Access at, std::string_view doc, demand d = {}) {
  std::string accepts{d.words.empty() ? "text" : d.words};
  auto read = [at, d](const YAML::Node& n, Owner& o) {
    auto value = read_text(n);
    if (!value || !d.holds(*value))
      return false;
    at(o) = *value;
    return true;
  };
  auto yaml = [at](const Owner& o, secrecy hide) { return yaml_text(masked(at(o), hide)); };
  return {key, accepts, doc, reader<Owner>(accepts, read), yaml};
}

/// Reports each element that `right` refuses; true when there was none.
template<class Right>
bool check_elements(
  const YAML::Node& n, std::vector<std::string>& values, const mistake& report, const std::string& expected,
  Right right) {
  bool all = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (right(values[i]))
      continue;
    all = false;
    bool sequence = n.IsSequence();
    report(sequence ? n[i] : n, sequence ? fmt::format("[{}]", i) : "", expected);
  }
  return all;
}

template<class Owner, class Access>
option<Owner> list(std::string_view key, Access at, std::string_view doc, demand d = {}) {
  auto accepts = d.words.empty() ? std::string{"a list of texts"} : fmt::format("a list, each {}", d.words);
  auto read = [at, d, accepts](const YAML::Node& n, Owner& o, const mistake& report) {
    auto value = read_list(n);
    if (!value)
      report(n, "", "expected " + accepts);
    else if (check_elements(n, *value, report, fmt::format("expected {}", d.words), d.holds))
      at(o) = std::move(*value);
  };
  auto yaml = [at](const Owner& o, secrecy hide) {
    auto shown = at(o);
    for (auto& element : shown)
      element = masked(element, hide);
    return yaml_text(shown);
  };
  return {key, accepts, doc, read, yaml, true};
}

using words = std::vector<std::string>;

/// The word of `from` that is meant, in any case of letters.
std::optional<std::string> match_word(const words& from, const std::string& given);
/// "\"tokens\" is not one of anonymous, token; did you mean token?"
std::string no_such_word(const words& from, const std::string& given);

template<class Owner, class Access>
option<Owner> choice(std::string_view key, Access at, words from, std::string_view doc) {
  auto accepts = fmt::format("one of {}", fmt::join(from, ", "));
  auto read = [at, from, accepts](const YAML::Node& n, Owner& o, const mistake& report) {
    auto given = read_text(n);
    if (auto word = given ? match_word(from, *given) : std::nullopt)
      at(o) = *word;
    else
      report(n, "", given ? no_such_word(from, *given) : "expected " + accepts);
  };
  auto yaml = [at](const Owner& o, secrecy) { return yaml_text(at(o)); };
  return {key, accepts, doc, read, yaml};
}

/// At least one word, none of them outside `from`.
template<class Owner, class Access>
option<Owner> choices(std::string_view key, Access at, words from, std::string_view doc) {
  auto accepts = fmt::format("a list of one or more of {}", fmt::join(from, ", "));
  auto read = [at, from, accepts](const YAML::Node& n, Owner& o, const mistake& report) {
    auto given = read_list(n);
    auto known = [&](std::string& s) {
      auto word = match_word(from, s);
      s = word.value_or(s);
      return word.has_value();
    };
    if (!given || given->empty())
      report(n, "", "expected " + accepts);
    else if (check_elements(n, *given, report, fmt::format("expected one of {}", fmt::join(from, ", ")), known))
      at(o) = std::move(*given);
  };
  auto yaml = [at](const Owner& o, secrecy) { return yaml_text(at(o)); };
  return {key, accepts, doc, read, yaml, true};
}

} // namespace troupe::app
