#pragma once
// Ownership of jansson's values, which libjose speaks.

#include <jansson.h>
#include <memory>
#include <string_view>

namespace troupe::auth {

struct json_release {
  void operator()(json_t* j) const { json_decref(j); }
};
using json_ptr = std::unique_ptr<json_t, json_release>;

/// nullptr when `text` is not one JSON object; a name that stands there twice is a mistake.
inline json_ptr parse_object(std::string_view text) {
  json_ptr parsed{json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, nullptr)};
  return json_is_object(parsed.get()) ? std::move(parsed) : nullptr;
}

/// The member's text, or empty when it is missing or something else. Valid as long as `object`.
inline std::string_view text_member(const json_t* object, const char* name) {
  const json_t* member = json_object_get(object, name);
  return json_is_string(member) ? std::string_view{json_string_value(member), json_string_length(member)}
                                : std::string_view{};
}

} // namespace troupe::auth
