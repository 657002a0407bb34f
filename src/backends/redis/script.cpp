#include "backends/redis/script.hpp"

#include <array>
#include <fmt/format.h>
#include <openssl/sha.h>

namespace troupe::redis {

script::script(std::string lua) : text(std::move(lua)) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  sha = fmt::format("{:02x}", fmt::join(digest, ""));
}

} // namespace troupe::redis
