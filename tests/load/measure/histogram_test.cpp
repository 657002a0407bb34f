#include "load/measure/histogram.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using troupe::load::histogram;

namespace {

/// The value of the k-th of n sorted ones that `part` of them do not exceed.
std::int64_t exact(std::vector<std::int64_t> values, double part) {
  std::sort(values.begin(), values.end());
  const auto k = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(k, 1) - 1];
}

} // namespace

TEST_CASE("an empty histogram has no values") {
  const histogram h;
  CHECK(h.count() == 0);
  CHECK(h.min() == 0);
  CHECK(h.max() == 0);
  CHECK(h.mean() == 0);
  CHECK(h.quantile(0.99) == 0);
}

TEST_CASE("small values are exact") {
  histogram h;
  for (int i = 0; i < 256; ++i)
    h.record(i);
  CHECK(h.count() == 256);
  CHECK(h.min() == 0);
  CHECK(h.max() == 255);
  CHECK(h.mean() == Catch::Approx(127.5));
  for (int i = 1; i <= 256; ++i)
    CHECK(h.quantile(i / 256.0) == i - 1);
}

TEST_CASE("quantiles of any values are off by less than 0.8 percent") {
  std::mt19937_64 random{7};
  std::lognormal_distribution<double> latency{13, 2.5}; // around 0.4 ms, with a tail of minutes
  histogram h;
  std::vector<std::int64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(static_cast<std::int64_t>(latency(random)));
    h.record(values.back());
  }
  for (double part : {0.0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto want = exact(values, part), have = h.quantile(part);
    CAPTURE(part, want, have);
    CHECK(have >= want);
    CHECK(static_cast<double>(have - want) <= 0.008 * static_cast<double>(want));
  }
  CHECK(h.max() == *std::max_element(values.begin(), values.end()));
  CHECK(h.quantile(1) == h.max());
}

TEST_CASE("values out of range count as its ends") {
  histogram h;
  h.record(-5);
  h.record(INT64_MAX);
  CHECK(h.count() == 2);
  CHECK(h.min() == 0);
  CHECK(h.max() == (std::int64_t{1} << 42) - 1);
}

TEST_CASE("histograms add up") {
  histogram a, b, both;
  for (int i = 0; i < 1000; ++i) {
    (i % 2 ? a : b).record(i * 1000);
    both.record(i * 1000);
  }
  a.add(b);
  CHECK(a.count() == both.count());
  CHECK(a.min() == both.min());
  CHECK(a.max() == both.max());
  CHECK(a.mean() == Catch::Approx(both.mean()));
  CHECK(a.quantile(0.5) == both.quantile(0.5));
}
