#include "backends/auth/claims.hpp"

#include "backends/auth/connect_payload.hpp"

#include <algorithm>
#include <cmath>

namespace troupe::auth {
namespace {

error unauthorized(std::string message) {
  return {"unauthorized", std::move(message)};
}

constexpr double latest_s = 253'402'300'799; // the year 9999, far from any overflow

/// A NumericDate in milliseconds; nothing when the claim is missing. `bad` when it is there and not a number.
std::optional<unix_ms> time_claim(const json_t* claims, const char* name, bool& bad) {
  const json_t* claim = json_object_get(claims, name);
  if (!claim)
    return std::nullopt;
  double seconds = json_number_value(claim);
  if (!json_is_number(claim) || !std::isfinite(seconds)) {
    bad = true;
    return std::nullopt;
  }
  return static_cast<unix_ms>(std::clamp(seconds, 0.0, latest_s) * 1'000);
}

std::optional<error> judge_times(const json_t* claims, const jwt_options& options, unix_ms now, identity& who) {
  bool bad = false;
  auto leeway = options.leeway.count();
  auto expires = time_claim(claims, "exp", bad), from = time_claim(claims, "nbf", bad),
       issued = time_claim(claims, "iat", bad);
  if (bad)
    return unauthorized("The token's exp, nbf or iat is not a number.");
  if (expires && *expires + leeway <= now)
    return error{"token_expired", "The token has expired; get a new one and connect again."};
  if ((from && *from - leeway > now) || (issued && *issued - leeway > now))
    return unauthorized("The token is not valid yet; check the clocks of the issuer and of the server.");
  if (expires)
    who.expires = *expires + leeway;
  return std::nullopt;
}

bool holds(const json_t* text_or_list, const std::string& wanted) {
  auto same = [&](const json_t* j) { return json_is_string(j) && wanted == json_string_value(j); };
  if (!json_is_array(text_or_list))
    return same(text_or_list);
  for (std::size_t i = 0; i < json_array_size(text_or_list); ++i)
    if (same(json_array_get(text_or_list, i)))
      return true;
  return false;
}

std::optional<error> judge_origin(const json_t* claims, const jwt_options& options) {
  if (!options.issuer.empty() && text_member(claims, "iss") != options.issuer)
    return unauthorized("The token's issuer (iss) is not the one this server trusts.");
  if (!options.audience.empty() && !holds(json_object_get(claims, "aud"), options.audience))
    return unauthorized("The token is meant for another audience (aud) than this server.");
  return std::nullopt;
}

void add_unique(std::vector<std::string>& to, std::string_view word) {
  if (!word.empty() && std::find(to.begin(), to.end(), word) == to.end())
    to.emplace_back(word);
}

/// A list of texts, or one text; `split`: its words.
void add_words(const json_t* claim, bool split, std::vector<std::string>& to) {
  for (std::size_t i = 0; i < json_array_size(claim); ++i)
    if (const json_t* element = json_array_get(claim, i); json_is_string(element))
      add_unique(to, json_string_value(element));
  if (!json_is_string(claim))
    return;
  std::string_view text{json_string_value(claim), json_string_length(claim)};
  for (std::size_t start = 0; start < text.size();) {
    auto end = split ? std::min(text.find(' ', start), text.size()) : text.size();
    add_unique(to, text.substr(start, end - start));
    start = end + 1;
  }
}

} // namespace

result<identity> identity_from_claims(const json_t* claims, const jwt_options& options, unix_ms now) {
  identity who;
  who.anonymous = false;
  if (auto refused = judge_times(claims, options, now, who))
    return *refused;
  if (auto refused = judge_origin(claims, options))
    return *refused;
  const auto& names = options.claims;
  who.user_id = id_member(claims, names.user.c_str());
  if (who.user_id.empty())
    who.user_id = id_member(claims, "sub");
  if (who.user_id.empty())
    return unauthorized("The token names no user: it has neither " + names.user + " nor sub.");
  if (!is_valid_user_id(who.user_id))
    return unauthorized("The token's user id is longer than 128 bytes or holds control characters.");
  who.tenant_id = id_member(claims, names.tenant.c_str());
  add_words(json_object_get(claims, names.role.c_str()), false, who.roles);
  add_words(json_object_get(claims, "roles"), false, who.roles);
  add_words(json_object_get(claims, names.permissions.c_str()), true, who.permissions);
  return who;
}

} // namespace troupe::auth
