#include "core/recovery/offset.hpp"
#include "core/recovery/session_record.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::recovery;

TEST_CASE("an offset comes back as it was", "[recovery]") {
  for (const offset& o : {offset{}, offset{1, {2, 3}, 4, true, 5}, offset{UINT64_MAX, {(1ull << 56) - 1, (1ull << 40) - 1}, (1ll << 48) - 1, false, (1 << 15) - 1}}) {
    const auto text = encode(o);
    CHECK(text.size() == 40);
    CHECK(decode_offset(text) == o);
  }
}

TEST_CASE("no other text is taken for an offset", "[recovery]") {
  auto text = encode({room_mark("/\0room"), {1'763'000'000'000, 17}, 1'763'000'000'500, false, 77});
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

TEST_CASE("an event that ends with a text gets an offset behind it", "[recovery]") {
  for (const std::string data : {R"(["hello"])", R"(["a",{"b":1},"text"])", R"(["a","" ] )", R"(["a","\"]"])"}) {
    CHECK(ends_in_text(data));
    const auto closed = close_text(data, 77, 5);
    CHECK(closed.starts_with(data.substr(0, data.rfind(']'))));
    const auto shown = closed.substr(closed.size() - 42, 40);
    CHECK(decode_offset(shown) == offset{0, {}, 77, false, 5});
    CHECK(closed.ends_with("\"]"));
  }
  for (const std::string data : {R"(["a",1])", R"(["a",["text"]])", R"(["a",{"b":"text"}])", R"([])", R"(])", ""})
    CHECK_FALSE(ends_in_text(data));
}

TEST_CASE("what stores keep of a session comes back as it was", "[recovery]") {
  session_record r;
  r.sid = "AAEAAAAAAAAAAZqPoMG2";
  r.nsp = "/chat";
  r.stays = {{{3, 1ull << 60}, {2, 70'000, 4'000'000'000}}, {{1, 5}, {}}};
  r.rooms = {{"a", {{1ull << 55, 12}, {7, 1ull << 40}}}, {"", {}}};
  CHECK(decode_record(encode(r)) == r);
  r.shown = {room_mark("/a"), {3, 4}, 5, true, 6};
  const auto bytes = encode(r);
  CHECK(decode_record(bytes) == r);
  for (std::size_t n = 0; n < bytes.size(); ++n)
    CHECK(!decode_record(bytes.substr(0, n)));
  CHECK(!decode_record(bytes + "x"));
}
