#pragma once

#include "base/error.hpp"
#include "ports/http_handler.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::app {

/// The keys of `auth.api_keys`. Only their digests are kept, and every comparison goes over all of them in the same
/// time, so neither a wrong key nor the time of the answer says how near a guess was.
class api_keys {
 public:
  explicit api_keys(const std::vector<std::string>& keys);

  bool empty() const { return digests_.empty(); }
  bool holds(std::string_view key) const;

  /// Why the request is not let in, as a whole answer: 403 `api_closed` when there are no keys at all, 401
  /// `api_key_missing`, 403 `api_key_wrong`.
  std::optional<ports::http_response> refuse(const ports::http_request& request) const;

 private:
  using digest = std::array<unsigned char, 32>;
  static digest digest_of(std::string_view key);

  std::vector<digest> digests_;
};

/// The key of `Authorization: Bearer <key>` or else of `X-API-Key: <key>`; empty when there is none.
std::string_view key_of(const ports::http_request& request);

} // namespace troupe::app
