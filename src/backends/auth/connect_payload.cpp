#include "backends/auth/connect_payload.hpp"

#include <algorithm>

namespace troupe::auth {

result<json_ptr> parse_payload(std::string_view auth) {
  if (auth.size() > max_payload_bytes)
    return error{"invalid_auth", "The auth object is larger than " + std::to_string(max_payload_bytes) + " bytes."};
  auto parsed = parse_object(auth.empty() ? "{}" : auth);
  if (!parsed)
    return error{"invalid_auth", "The auth data must be a JSON object such as {\"token\": \"...\"}."};
  return parsed;
}

bool is_valid_user_id(std::string_view id) {
  auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  return !id.empty() && id.size() <= max_user_id_bytes && std::none_of(id.begin(), id.end(), control);
}

std::string id_member(const json_t* object, const char* name) {
  const json_t* member = json_object_get(object, name);
  if (json_is_integer(member))
    return std::to_string(json_integer_value(member));
  return std::string{text_member(object, name)};
}

} // namespace troupe::auth
