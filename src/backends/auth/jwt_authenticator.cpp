#include "backends/auth/jwt_authenticator.hpp"

#include "backends/auth/claims.hpp"
#include "backends/auth/connect_payload.hpp"
#include "backends/auth/jose.hpp"

#include <algorithm>
#include <array>

namespace troupe::auth {
namespace {

error unauthorized(const char* message) {
  return {"unauthorized", message};
}

error malformed() {
  return {"invalid_auth", "The token is not a signed JSON Web Token (three parts with dots between them)."};
}

/// Header, payload and signature; nothing unless there are exactly three parts with something in them.
std::optional<std::array<std::string_view, 3>> split(std::string_view token) {
  std::array<std::string_view, 3> parts;
  for (auto& part : parts) {
    auto dot = token.find('.');
    bool last = &part == &parts.back();
    if ((dot == std::string_view::npos) != last || dot == 0 || token.empty())
      return std::nullopt;
    part = token.substr(0, dot);
    token.remove_prefix(last ? token.size() : dot + 1);
  }
  return parts;
}

/// "Bearer xyz" -> "xyz"; the scheme is written in any case.
std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == b; };
  if (
    authorization.size() <= scheme.size()
    || !std::equal(scheme.begin(), scheme.end(), authorization.begin(), [&](char s, char a) {
         return same(static_cast<unsigned char>(a), static_cast<unsigned char>(s));
       }))
    return {};
  auto token = authorization.substr(scheme.size());
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
  return token;
}

} // namespace

jwt_authenticator::jwt_authenticator(key_set keys, jwt_options options)
  : keys_(std::move(keys)), options_(std::move(options)) {
  const auto& allowed = options_.algorithms;
  std::erase_if(
    keys_, [&](const key& k) { return std::find(allowed.begin(), allowed.end(), k.algorithm) == allowed.end(); });
}

result<identity> jwt_authenticator::authenticate(const ports::credentials& c) const {
  auto payload = parse_payload(c.auth);
  if (!payload)
    return payload.error();
  const json_t* member = json_object_get(payload->get(), "token");
  if (member && !json_is_string(member) && !json_is_null(member))
    return error{"invalid_auth", "The auth object's token must be a text."};
  auto token = text_member(payload->get(), "token");
  if (token.empty())
    token = bearer_token(c.authorization);
  if (token.empty())
    return unauthorized(
      "This server needs a token: connect with auth: {token: \"...\"}, or with an Authorization: Bearer header.");
  return check(token, c.now);
}

result<identity> jwt_authenticator::check(std::string_view token, unix_ms now) const {
  if (token.size() > max_token_bytes)
    return error{"invalid_auth", "The token is larger than " + std::to_string(max_token_bytes) + " bytes."};
  auto parts = split(token);
  if (!parts)
    return malformed();
  auto [header, payload, signature] = *parts;
  auto header_text = jose::decode(header), payload_text = jose::decode(payload);
  auto fields = header_text ? parse_object(*header_text) : nullptr;
  if (!fields || !payload_text)
    return malformed();
  if (json_object_get(fields.get(), "crit")) // RFC 7515: what is not understood must be refused
    return unauthorized("The token's header demands extensions (crit) that this server does not know.");
  if (!signed_by_known_key(header, payload, signature, fields.get()))
    return unauthorized("The token's signature is not right: it was changed, or signed with a key or algorithm that "
                        "this server does not accept.");
  auto claims = parse_object(*payload_text); // only now: nothing unsigned is interpreted
  if (!claims)
    return unauthorized("The token's payload is not a JSON object.");
  return identity_from_claims(claims.get(), options_, now);
}

/// Keys of another algorithm, or with another id, are not even tried.
bool jwt_authenticator::signed_by_known_key(
  std::string_view header, std::string_view payload, std::string_view signature, const json_t* fields) const {
  auto algorithm = text_member(fields, "alg"), id = text_member(fields, "kid");
  return std::any_of(keys_.begin(), keys_.end(), [&](const key& k) {
    bool same_id = id.empty() || k.id.empty() || k.id == id;
    return k.algorithm == algorithm && same_id && jose::verify(header, payload, signature, k.jwk.get());
  });
}

} // namespace troupe::auth
