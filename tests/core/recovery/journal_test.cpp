#include "core/recovery/journal.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::recovery;

TEST_CASE("a journal tells what rooms had said before an event", "[recovery]") {
  journal j(4);
  const std::vector<std::uint64_t> rooms{1, 2, 3};
  CHECK(!j.before({1, {1, 1}}, rooms));
  j.add({1, {1, 1}});
  j.add({2, {1, 8}});
  j.add({1, {1, 2}});
  j.add({2, {1, 9}});
  auto found = j.before({2, {1, 9}}, rooms);
  REQUIRE(found);
  CHECK(((*found)[0] == place{1, 2} && (*found)[1] == place{1, 8} && !(*found)[2]));
  found = j.before({1, {1, 1}}, rooms);
  REQUIRE(found);
  CHECK((!(*found)[0] && !(*found)[1]));

  SECTION("and forgets the oldest when it is full") {
    j.add({3, {1, 1}});
    CHECK(!j.before({1, {1, 1}}, rooms));
    found = j.before({3, {1, 1}}, rooms);
    REQUIRE(found);
    CHECK(((*found)[0] == place{1, 2} && (*found)[1] == place{1, 9}));
    CHECK(j.size() == 4);
  }
  SECTION("and says the same to another node, after its own has ended") {
    j.add({3, {UINT64_MAX, 1}});
    const auto bytes = j.encode();
    const auto copy = journal::decode(bytes);
    REQUIRE(copy);
    for (const said event : {said{3, {UINT64_MAX, 1}}, said{2, {1, 9}}, said{2, {1, 8}}, said{1, {1, 1}}})
      CHECK(copy->before(event, rooms) == j.before(event, rooms));
    CHECK(journal::decode(journal(4).encode()));
    for (std::size_t n = 0; n < bytes.size(); ++n)
      CHECK(!journal::decode(bytes.substr(0, n)));
    CHECK(!journal::decode(bytes + "x"));
  }
  SECTION("a journal of no size keeps nothing") {
    journal none(0);
    none.add({1, {1, 1}});
    CHECK(!none.before({1, {1, 1}}, rooms));
  }
}
