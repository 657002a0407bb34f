#include "core/limits/address_limiter.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace std::chrono_literals;
using troupe::address_key;
using troupe::address_limiter;
using troupe::time_point;

namespace {

const time_point start = time_point(1h);

int take_all(address_limiter& limiter, std::string_view address, time_point now) {
  int taken = 0;
  while (taken < 10'000 && limiter.take(address, now))
    ++taken;
  return taken;
}

} // namespace

TEST_CASE("address limiter: each address has its own bucket, refilled at the set rate") {
  address_limiter limiter(30, 5, 100);
  CHECK(take_all(limiter, "10.0.0.1", start) == 5);
  CHECK(take_all(limiter, "10.0.0.2", start) == 5);
  CHECK_FALSE(limiter.take("10.0.0.1", start + 1999ms));
  CHECK(limiter.take("10.0.0.1", start + 2s));
  CHECK(take_all(limiter, "10.0.0.1", start + 8s) == 3);
  CHECK(limiter.tracked() == 2);
}

TEST_CASE("address limiter: zero never refuses and remembers nobody") {
  address_limiter limiter(0, 0, 100);
  CHECK(take_all(limiter, "10.0.0.1", start) == 10'000);
  CHECK(limiter.tracked() == 0);
}

TEST_CASE("address limiter: a full table forgets the least recently seen") {
  address_limiter limiter(1, 1, 3);
  for (const char* address : {"10.0.0.1", "10.0.0.2", "10.0.0.3"})
    REQUIRE(limiter.take(address, start));
  REQUIRE_FALSE(limiter.take("10.0.0.1", start)); // refused, but seen: 10.0.0.2 is the oldest now
  REQUIRE(limiter.take("10.0.0.4", start));
  CHECK(limiter.tracked() == 3);
  CHECK_FALSE(limiter.take("10.0.0.1", start));
  CHECK_FALSE(limiter.take("10.0.0.3", start));
  CHECK(limiter.take("10.0.0.2", start));
  CHECK(limiter.tracked() == 3);
}

TEST_CASE("address limiter: a million addresses never exceed the table") {
  address_limiter limiter(1, 1, 1'000);
  for (int i = 0; i < 1'000'000; ++i)
    limiter.take("host-" + std::to_string(i), start);
  CHECK(limiter.tracked() == 1'000);
  CHECK_FALSE(limiter.take("host-999999", start));
  CHECK_FALSE(limiter.take("host-999000", start));
  CHECK(limiter.take("host-998999", start));
}

TEST_CASE("address limiter: an IPv6 host is its /64") {
  address_limiter limiter(1, 1, 10);
  CHECK(limiter.take("2001:db8:0:1::1", start));
  CHECK_FALSE(limiter.take("2001:db8:0:1:ffff::2", start));
  CHECK(limiter.take("2001:db8:0:2::1", start));
}

TEST_CASE("address limiter: spellings of one address are one key") {
  CHECK(address_key("::ffff:10.0.0.1") == address_key("10.0.0.1"));
  CHECK(address_key("2001:DB8::1") == address_key("2001:db8:0:0::1"));
  CHECK(address_key("fe80::1%eth0") == address_key("fe80::1"));
  CHECK(address_key("not an address") == "not an address");
  CHECK(address_key("10.0.0.1") != address_key("10.0.0.2"));
  CHECK(address_key("").empty());
}
