#include "backends/auth/anonymous_authenticator.hpp"

#include "backends/auth/connect_payload.hpp"
#include "backends/auth/jose.hpp"
#include "base/random.hpp"

#include <array>

namespace troupe::auth {
namespace {

std::string random_name() {
  std::array<unsigned char, 9> bytes;
  fill_random(bytes.data(), bytes.size());
  return "anon-" + jose::encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

} // namespace

result<identity> anonymous_authenticator::authenticate(const ports::credentials& c) const {
  auto payload = parse_payload(c.auth);
  if (!payload)
    return payload.error();
  identity who;
  who.roles = roles_;
  for (const char* name : {"userId", "user_id", "username"}) {
    if (auto id = id_member(payload->get(), name); who.user_id.empty() && is_valid_user_id(id))
      who.user_id = std::move(id);
  }
  who.guest = who.user_id.empty();
  if (who.guest)
    who.user_id = random_name();
  return who;
}

} // namespace troupe::auth
