#pragma once
// Options that are lists of objects, such as events.rules: each object is read by a table of its own.

#include "app/config/option_rows.hpp"
#include "app/config/suggest.hpp"

#include <yaml-cpp/yaml.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::app {

/// What is said about the objects of one list.
template<class Object>
struct object_kind {
  std::span<const option<Object>> (*keys)();
  std::string_view name;     ///< "an event rule"
  std::string_view list;     ///< "a list of event rules (docs/events.md)"
  std::string_view example;  ///< {name: "poll:vote", to: room}
  std::string_view needed;   ///< a key that every object has
  std::string_view what_for; ///< "a name: the event that clients send"
};

template<class Object>
void read_member(const object_kind<Object>& kind, const std::string& key, const YAML::Node& value, Object& into, const mistake& report) {
  std::vector<std::string_view> known;
  for (const auto& o : kind.keys()) {
    if (o.key == key)
      return value.IsNull() ? void()
                            : o.read(value, into, [&](const YAML::Node& at, const std::string&, const std::string& m) {
                                report(at, "." + key, m);
                              });
    known.push_back(o.key);
  }
  report(value, "." + key, "no such key in " + std::string{kind.name} + did_you_mean(closest(key, known)));
}

template<class Object>
Object read_object(const object_kind<Object>& kind, const YAML::Node& n, const mistake& report) {
  Object made;
  for (const auto& entry : n)
    read_member(kind, entry.first.Scalar(), entry.second, made, report);
  if (!n[std::string{kind.needed}])
    report(n, "." + std::string{kind.needed}, fmt::format("{} needs {}", kind.name, kind.what_for));
  return made;
}

template<class Object>
std::vector<Object> read_objects(const object_kind<Object>& kind, const YAML::Node& n, const mistake& report) {
  std::vector<Object> all;
  for (const auto& element : n) {
    auto index = "[" + std::to_string(all.size()) + "]";
    auto nested = [&](const YAML::Node& at, const std::string& below, const std::string& m) {
      report(at, index + below, m);
    };
    if (!element.IsMap())
      nested(element, "", fmt::format("expected {} such as {}", kind.name, kind.example));
    all.push_back(element.IsMap() ? read_object(kind, element, nested) : Object{});
  }
  return all;
}

/// Only what differs from the defaults: an object is easier to read that way.
template<class Object>
std::string object_yaml(const object_kind<Object>& kind, const Object& object) {
  std::string out;
  for (const auto& o : kind.keys())
    if (auto value = o.yaml(object, secrecy::open); value != o.yaml(Object{}, secrecy::open))
      out += (out.empty() ? "" : ", ") + std::string{o.key} + ": " + value;
  return "{" + out + "}";
}

/// A row for a list at the second level: "events.rules".
template<class Owner, class Object, class Access>
option<Owner> objects(std::string_view key, Access at, object_kind<Object> kind, std::string accepts, std::string_view doc) {
  auto read = [at, kind](const YAML::Node& n, Owner& o, const mistake& report) {
    if (!n.IsSequence())
      return report(n, "", "expected " + std::string{kind.list});
    at(o) = read_objects(kind, n, report);
  };
  auto yaml = [at, kind](const Owner& o, secrecy) {
    std::string out;
    for (const auto& object : at(o))
      out += "\n    - " + object_yaml(kind, object);
    return out.empty() ? std::string{"[]"} : out;
  };
  return {key, std::move(accepts), doc, read, yaml, true};
}

} // namespace troupe::app
