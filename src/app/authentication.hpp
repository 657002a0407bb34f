#pragma once

#include "app/config.hpp"
#include "backends/auth/jwt_options.hpp"
#include "ports/authenticator.hpp"

#include <memory>

namespace troupe::app {

/// The claims as the configuration names them.
auth::claim_names claim_names_of(const jwt_config& c);

/// What `auth.mode` asks for; reads the key file. Error `invalid_key` when there is no key that can be used.
result<std::unique_ptr<ports::authenticator>> make_authenticator(const auth_config& c);

} // namespace troupe::app
