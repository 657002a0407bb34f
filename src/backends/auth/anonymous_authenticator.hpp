#pragma once

#include "ports/authenticator.hpp"

namespace troupe::auth {

/// Everybody is who they say: the user id is the payload's userId, user_id or username, or `anon-` and random letters
/// when there is none that is valid. Tokens are not looked at. The one error is `invalid_auth`, for a payload that is
/// no object.
class anonymous_authenticator final : public ports::authenticator {
 public:
  explicit anonymous_authenticator(std::vector<std::string> roles) : roles_(std::move(roles)) {}

  result<identity> authenticate(const ports::credentials& c) const override;

 private:
  std::vector<std::string> roles_;
};

} // namespace troupe::auth
