#include "core/logic/object_text.hpp"

#include "core/json/json_text.hpp"

#include <algorithm>

namespace troupe::logic {

void object_text::separate() {
  if (out_.size() > 1)
    out_.push_back(',');
}

std::string& object_text::key(std::string_view name) {
  separate();
  json::append_string(out_, name);
  out_.push_back(':');
  return out_;
}

object_text& object_text::text(std::string_view name, std::string_view value) {
  json::append_string(key(name), value);
  return *this;
}

object_text& object_text::number(std::string_view name, std::int64_t value) {
  key(name).append(std::to_string(value));
  return *this;
}

object_text& object_text::boolean(std::string_view name, bool value) {
  key(name).append(value ? "true" : "false");
  return *this;
}

object_text& object_text::raw(std::string_view name, std::string_view json) {
  key(name).append(json);
  return *this;
}

object_text& object_text::members_of(std::string_view object, std::span<const std::string_view> but_not) {
  json::object_reader reader(object);
  while (const auto member = reader.next()) {
    // Compared unescaped: "fr\u006fm" is a way to write "from".
    const std::string name = json::string_value(member->first).value_or("");
    if (std::find(but_not.begin(), but_not.end(), name) != but_not.end())
      continue;
    separate();
    out_.append(member->first).append(1, ':').append(member->second);
  }
  return *this;
}

} // namespace troupe::logic
