#include "core/limits/address_limiter.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace troupe {
namespace {

constexpr std::array<unsigned char, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

} // namespace

std::string address_key(std::string_view address) {
  const std::string text(address.substr(0, address.find('%'))); // a zone id names our interface, not the peer
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1)
    return {bytes.data(), 4};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1)
    return std::string(address);
  if (std::memcmp(bytes.data(), mapped_prefix.data(), mapped_prefix.size()) == 0)
    return {bytes.data() + mapped_prefix.size(), 4};
  return {bytes.data(), 8};
}

address_limiter::address_limiter(double per_minute, double burst, std::size_t max_addresses)
  : per_minute_(per_minute), burst_(burst), max_addresses_(std::max<std::size_t>(max_addresses, 1)) {}

bool address_limiter::take(std::string_view address, time_point now) {
  if (!(per_minute_ > 0))
    return true;
  return bucket_of(address_key(address)).take(now);
}

token_bucket& address_limiter::bucket_of(std::string key) {
  if (const auto known = by_key_.find(key); known != by_key_.end()) {
    recent_.splice(recent_.begin(), recent_, known->second);
    return recent_.front().bucket;
  }
  if (recent_.size() >= max_addresses_) {
    by_key_.erase(recent_.back().key);
    recent_.pop_back();
  }
  recent_.push_front({std::move(key), token_bucket(per_minute_, burst_)});
  by_key_.emplace(recent_.front().key, recent_.begin());
  return recent_.front().bucket;
}

} // namespace troupe
