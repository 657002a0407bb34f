#include "core/cluster/candidates.hpp"
#include "core/cluster/slots.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace troupe::cluster;

namespace {

std::vector<std::string> nodes(std::size_t n) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < n; ++i)
    ids.push_back("node-" + std::to_string(i));
  return ids;
}

std::map<std::string, int> shares(const std::vector<std::string>& ids) {
  std::map<std::string, int> count;
  for (std::uint16_t slot = 0; slot < slot_count; ++slot)
    ++count[ids[preference(slot, ids).front()]];
  return count;
}

} // namespace

TEST_CASE("the hash of a key is the same for ever: nodes of all versions must agree on it") {
  CHECK(stable_hash("") == 0xefd01f60ba992926ull);
  CHECK(stable_hash("/\nroom") == 0x547b752e518ab542ull);
  CHECK(stable_hash("node-1", 7) == 0xf533f4d0688edb1bull);
  CHECK(slot_of("/\nroom") == 0x547b752e518ab542ull % slot_count);
}

TEST_CASE("rooms spread over all slots") {
  std::vector<int> count(slot_count);
  for (int i = 0; i < 100'000; ++i)
    ++count[slot_of("/\nroom-" + std::to_string(i))];
  const auto [least, most] = std::minmax_element(count.begin(), count.end());
  CHECK(*least > 50); // about 98 are expected
  CHECK(*most < 150);
}

TEST_CASE("slots spread over the nodes") {
  for (std::size_t n : {2u, 3u, 5u, 8u}) {
    const auto fair = slot_count / static_cast<int>(n);
    for (auto& [id, count] : shares(nodes(n))) {
      INFO(id << " of " << n << " has " << count);
      CHECK(count > fair * 3 / 4);
      CHECK(count < fair * 5 / 4);
    }
  }
}

TEST_CASE("a preference names every node once, in whatever order they were given") {
  const auto ids = nodes(6);
  auto turned = ids;
  std::reverse(turned.begin(), turned.end());
  for (std::uint16_t slot = 0; slot < slot_count; slot += 37) {
    const auto order = preference(slot, ids), other = preference(slot, turned);
    CHECK(std::set<std::size_t>(order.begin(), order.end()).size() == 6);
    for (std::size_t i = 0; i < 6; ++i)
      CHECK(ids[order[i]] == turned[other[i]]);
  }
  CHECK(preference(5, {}).empty());
}

TEST_CASE("a node that comes or goes moves only its own slots") {
  const auto before = nodes(7);
  auto after = before;
  after.erase(after.begin() + 3);
  for (std::uint16_t slot = 0; slot < slot_count; ++slot) {
    const auto order = preference(slot, before);
    const auto& was = before[order[0]];
    const auto& is = after[preference(slot, after).front()];
    CHECK(is == (was == "node-3" ? before[order[1]] : was));
  }
}

TEST_CASE("a pin comes before the hash, if its node is there") {
  candidates c;
  const std::vector<std::string> ids{"a", "b", "c"};
  const auto order = preference(7, ids);
  const auto &first = ids[order[0]], &last = ids[order[2]];
  CHECK(c.set(ids, last, 16));
  CHECK(c.better(7).size() == 2);
  CHECK(c.set(ids, last, 16, {{7, {last, "lobby"}}}));
  CHECK(c.better(7).empty());
  CHECK_FALSE(c.set(ids, last, 16, {{7, {last, "lobby"}}}));
  candidates other;
  CHECK(other.set(ids, first, 16, {{7, {last, "lobby"}}}));
  REQUIRE(other.better(7).size() == 1);
  CHECK(ids[other.better(7)[0]] == last);
  CHECK(other.set(ids, first, 16, {{7, {"gone", "lobby"}}, {99, {first, "elsewhere"}}}));
  CHECK(other.better(7).empty());
}
