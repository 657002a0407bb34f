#pragma once
// The registry's calls, waited for.

#include "ask.hpp"
#include "ports/registry.hpp"

namespace cluster_tests {

inline ports::node_record node(std::string id, std::uint64_t incarnation = 1'700'000'000'001, std::uint16_t number = 0) {
  if (number == 0)
    number = static_cast<std::uint16_t>(id.back());
  return {std::move(id), incarnation, number, "10.0.0.1", 7'000, "https://chat.example.com", "1.2.3", false};
}

inline result<ports::renewed> renew(ports::registry& r, const ports::node_record& me, duration ttl = 30s) {
  return ask<ports::renewed>([&](auto done) { r.renew(me, ttl, done); });
}

inline ports::registry_view view(ports::registry& r) {
  auto seen = ask<ports::registry_view>([&](auto done) { r.read(done); });
  REQUIRE(seen.has_value());
  return *seen;
}

inline result<std::vector<ports::slot_grant>>
claim(ports::registry& r, const ports::node_record& by, std::vector<ports::slot_claim> claims) {
  return ask<std::vector<ports::slot_grant>>([&](auto done) { r.claim(by, std::move(claims), done); });
}

inline ports::slot_grant claim_one(
  ports::registry& r, const ports::node_record& by, std::uint16_t slot, ports::slot_record expected,
  std::uint64_t at_least = 0) {
  auto grants = claim(r, by, {{slot, std::move(expected), at_least}});
  REQUIRE(grants.has_value());
  REQUIRE(grants->size() == 1);
  CHECK((*grants)[0].slot == slot);
  return (*grants)[0];
}

inline result<bool> remove(ports::registry& r, const std::string& id, std::uint64_t incarnation) {
  return ask<bool>([&](auto done) { r.remove(id, incarnation, done); });
}

} // namespace cluster_tests
