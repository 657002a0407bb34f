#include "core/recovery/offset.hpp"
#include "core/recovery/session_record.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::recovery;

TEST_CASE("an offset comes back as it was", "[recovery]") {
  for (const offset& o : {offset{}, offset{1, {2, 3}, 4, true}, offset{UINT64_MAX, {(1ull << 56) - 1, (1ull << 48) - 1}, (1ll << 48) - 1, false}}) {
    const auto text = encode(o);
    CHECK(text.size() == 40);
    CHECK(decode_offset(text) == o);
  }
}

TEST_CASE("no other text is taken for an offset", "[recovery]") {
  auto text = encode({room_mark("/\0room"), {1'763'000'000'000, 17}, 1'763'000'000'500, false});
  CHECK(!decode_offset(""));
  CHECK(!decode_offset("Q7xrFhL"));
  CHECK(!decode_offset("1763000000000-0"));
  CHECK(!decode_offset(text + "A"));
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto other = text;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    CHECK(!decode_offset(other));
  }
}

TEST_CASE("what stores keep of a session comes back as it was", "[recovery]") {
  const stay s{{3, 1ull << 60}, {2, 70'000, 4'000'000'000}};
  CHECK(decode_stay(encode(s)) == s);
  CHECK(!decode_stay(encode(s) + "x"));
  const membership m{{1ull << 55, 12}, {7, 1ull << 40}};
  CHECK(decode_membership(encode(m)) == m);
  CHECK(!decode_membership(""));
}
