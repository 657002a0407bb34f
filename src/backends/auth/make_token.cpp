#include "backends/auth/make_token.hpp"

#include "backends/auth/connect_payload.hpp"
#include "backends/auth/jose.hpp"

#include <cstdlib>

namespace troupe::auth {
namespace {

void set_text(json_t* object, const std::string& name, const std::string& value) {
  if (!value.empty())
    json_object_set_new(object, name.c_str(), json_stringn(value.data(), value.size()));
}

void set_list(json_t* object, const std::string& name, const std::vector<std::string>& values) {
  if (values.empty())
    return;
  json_t* list = json_array();
  for (const auto& v : values)
    json_array_append_new(list, json_stringn(v.data(), v.size()));
  json_object_set_new(object, name.c_str(), list);
}

json_ptr claims_of(const token_request& r) {
  json_ptr claims{json_object()};
  set_text(claims.get(), r.claims.user, r.user);
  set_text(claims.get(), r.claims.tenant, r.tenant);
  if (r.roles.size() == 1)
    set_text(claims.get(), r.claims.role, r.roles[0]);
  else
    set_list(claims.get(), r.claims.role, r.roles);
  set_list(claims.get(), r.claims.permissions, r.permissions);
  set_text(claims.get(), "iss", r.issuer);
  set_text(claims.get(), "aud", r.audience);
  json_object_set_new(claims.get(), "iat", json_integer(r.now / 1'000));
  json_object_set_new(claims.get(), "exp", json_integer(r.now / 1'000 + r.lifetime.count()));
  return claims;
}

} // namespace

result<std::string> make_token(const token_request& request, const key& signing_key) {
  if (!is_valid_user_id(request.user))
    return error{"invalid_user", "a user id has 1 to 128 bytes and no control characters"};
  json_ptr header{json_pack("{s:s, s:s}", "alg", signing_key.algorithm.c_str(), "typ", "JWT")};
  set_text(header.get(), "kid", signing_key.id);
  std::unique_ptr<char, decltype(&std::free)> payload{json_dumps(claims_of(request).get(), JSON_COMPACT), std::free};
  if (!payload)
    return error{"invalid_user", "the user, tenant, roles and permissions must be UTF-8"};
  auto token = jose::sign(header.get(), payload.get(), signing_key.jwk.get());
  if (!token)
    return error{"invalid_key", "the key cannot sign " + signing_key.algorithm + " tokens"};
  return {boost::system::in_place_value, std::move(*token)};
}

} // namespace troupe::auth
