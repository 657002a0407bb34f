#include "core/limits/token_bucket.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace std::chrono_literals;
using troupe::duration;
using troupe::time_point;
using troupe::token_bucket;

namespace {

const time_point start = time_point(1h);

int take_all(token_bucket& bucket, time_point now) {
  int taken = 0;
  while (taken < 1'000'000 && bucket.take(now))
    ++taken;
  return taken;
}

} // namespace

TEST_CASE("token bucket: the burst at once, then nothing until the refill") {
  token_bucket bucket(60, 10);
  CHECK(take_all(bucket, start) == 10);
  CHECK_FALSE(bucket.take(start + 999ms));
  CHECK(bucket.take(start + 1s));
  CHECK_FALSE(bucket.take(start + 1s));
}

TEST_CASE("token bucket: the refill rate is the setting") {
  const int per_minute = GENERATE(1, 7, 60, 100, 6'000, 59'999);
  token_bucket bucket(per_minute, per_minute);
  REQUIRE(take_all(bucket, start) == per_minute);
  int taken = 0;
  for (duration t{1}; t <= 5min; ++t)
    taken += bucket.take(start + t) ? 1 : 0;
  CHECK(taken >= 5 * per_minute - 1);
  CHECK(taken <= 5 * per_minute);
}

TEST_CASE("token bucket: a steady sender exactly at the rate is never refused") {
  token_bucket bucket(100, 1);
  for (int i = 0; i < 100'000; ++i)
    REQUIRE(bucket.take(start + i * 600ms));
  CHECK_FALSE(bucket.take(start + 99'999 * 600ms + 599ms));
}

TEST_CASE("token bucket: idle time fills it up to the burst and not beyond") {
  token_bucket bucket(60, 5);
  CHECK(take_all(bucket, start) == 5);
  CHECK(take_all(bucket, start + 3s) == 3);
  CHECK(take_all(bucket, start + 24h) == 5);
}

TEST_CASE("token bucket: zero switches it off") {
  token_bucket off(0, 1);
  token_bucket none;
  CHECK(take_all(off, start) == 1'000'000);
  CHECK(take_all(none, start) == 1'000'000);
  CHECK(off.wait(start) == 0ms);
}

TEST_CASE("token bucket: odd settings stay within reason") {
  token_bucket no_burst(60, 0);
  CHECK(take_all(no_burst, start) == 1);
  token_bucket negative(-5, 1);
  CHECK(negative.take(start));
  CHECK(negative.take(start));
  token_bucket rare(1e-12, 1e12);
  CHECK(rare.take(start));
}

TEST_CASE("token bucket: time that goes back refills nothing") {
  token_bucket bucket(60, 2);
  CHECK(take_all(bucket, start) == 2);
  CHECK_FALSE(bucket.take(start - 1h));
  CHECK_FALSE(bucket.take(start));
  CHECK(bucket.take(start + 1s));
}

TEST_CASE("token bucket: wait tells when the next token comes") {
  token_bucket bucket(60, 1);
  CHECK(bucket.wait(start) == 0ms);
  REQUIRE(bucket.take(start));
  CHECK(bucket.wait(start) == 1s);
  CHECK(bucket.wait(start + 400ms) == 600ms);
  CHECK_FALSE(bucket.take(start + 999ms));
  CHECK(bucket.take(start + 400ms + bucket.wait(start + 400ms)));
}

static_assert(sizeof(token_bucket) <= 24, "one lives in every connection");
