#include "app/http/api_keys.hpp"

#include "app/http/answers.hpp"
#include "base/log.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace troupe::app {
namespace {

constexpr std::string_view scheme = "Bearer ";

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

} // namespace

std::string_view key_of(const ports::http_request& request) {
  const std::string_view bearer = request.header("authorization");
  if (boost::algorithm::istarts_with(bearer, scheme))
    return trimmed(bearer.substr(scheme.size()));
  return trimmed(request.header("x-api-key"));
}

api_keys::digest api_keys::digest_of(std::string_view key) {
  digest out;
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), out.data());
  return out;
}

api_keys::api_keys(const std::vector<std::string>& keys) {
  for (const auto& key : keys)
    if (!key.empty())
      digests_.push_back(digest_of(key));
}

bool api_keys::holds(std::string_view key) const {
  const digest given = digest_of(key);
  unsigned found = 0;
  for (const digest& d : digests_)
    found |= CRYPTO_memcmp(d.data(), given.data(), given.size()) == 0;
  return found != 0;
}

std::optional<ports::http_response> api_keys::refuse(const ports::http_request& request) const {
  if (empty())
    return error_answer(403, {"api_closed", "this node has no API keys: set auth.api_keys to open what needs one"});
  const std::string_view key = key_of(request);
  if (key.empty()) {
    auto answer = error_answer(401, {"api_key_missing", "send an API key as \"Authorization: Bearer <key>\" or "
                                                        "\"X-API-Key: <key>\""});
    answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    return answer;
  }
  if (holds(key))
    return std::nullopt;
  log::warn("api-key-wrong", "address={} path={}", request.address, request.path);
  return error_answer(403, {"api_key_wrong", "this API key is none of auth.api_keys"});
}

} // namespace troupe::app
