#pragma once

#include "base/error.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct json_t;

namespace troupe::auth {

/// One key, tied to the one algorithm it is for: a public RSA key can never pass as the secret of an HS256 token.
struct key {
  std::string algorithm; ///< HS256, RS256 or ES256
  std::string id;        ///< `kid`; empty: none
  std::shared_ptr<const json_t> jwk;
};

using key_set = std::vector<key>;

/// The key of HS256 tokens. Its bytes are the secret as it is written, as other JWT libraries take it.
key secret_key(std::string_view secret);

/// Keys to check tokens with, from the text of a PEM public key or certificate, a JWK or a JWK set. Keys of a set that
/// are for something else are passed over. Error `invalid_key`.
result<key_set> public_keys(std::string_view text);

/// The same from a file.
result<key_set> public_keys_from_file(const std::string& path);

/// A key to sign tokens with, from the text of a PEM private key or a private JWK. Error `invalid_key`.
result<key> private_key(std::string_view text);

} // namespace troupe::auth
