#pragma once
// Every suite runs on each of these: TEMPLATE_LIST_TEST_CASE("...", "", worlds) with a TestType.

#include "ask.hpp"
#include "memory_world.hpp"
#include "postgres_world.hpp"
#include "redis_world.hpp"

#include <catch2/catch_template_test_macros.hpp>

#include <tuple>

namespace cluster_tests {

using worlds = std::tuple<memory_world, redis_world>;
/// Those that keep rooms' logs.
using log_worlds = std::tuple<memory_world, redis_world, postgres_world>;

} // namespace cluster_tests
