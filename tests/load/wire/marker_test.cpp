#include "load/wire/marker.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace troupe::load;

namespace {

std::string written(const marker_format& format, const marker& m) {
  std::string out(marker::size, '?');
  format.write(out.data(), m);
  return out;
}

} // namespace

TEST_CASE("a marker is found where it stands and reads as it was written") {
  marker_format format{0xabcde};
  const marker values[] = {
    {0, 0, 0, 0}, {1, 2, 3, 4}, {0xffffffff, 0x80000000, 0x12345678, INT64_MAX}, {9, 10, 0xabcdef, 987654321012345678}};
  for (const auto& m : values)
    for (const std::string before : {"", "42[\"new_message\",{\"message\":\"", "42[\"m\",\"~tlabcd~tl\",\""}) {
      const auto text = before + written(format, m) + "xxx\"}]";
      marker read;
      REQUIRE(format.find(text, read));
      CHECK(read.room == m.room);
      CHECK(read.publisher == m.publisher);
      CHECK(read.seq == m.seq);
      CHECK(read.due_ns == m.due_ns);
    }
}

TEST_CASE("other texts hold no marker") {
  marker_format format{1};
  marker read;
  CHECK_FALSE(format.find(std::string{}, read));
  CHECK_FALSE(format.find(std::string{"42[\"new_message\",\"hello\"]"}, read));
  const auto whole = written(format, {1, 2, 3, 4});
  CHECK(format.find("xx" + whole, read)); // from now on the place is known
  CHECK_FALSE(format.find("xx" + whole.substr(0, marker::size - 1), read));
  CHECK_FALSE(format.find("xx" + written(marker_format{2}, {1, 2, 3, 4}), read)); // another run's
}

TEST_CASE("a marker needs no escaping in JSON") {
  for (char c : written(marker_format{0xfffff}, {0xffffffff, 0xffffffff, 0xffffffff, -1})) {
    CHECK(c >= ' ');
    CHECK(c <= '~');
    CHECK(c != '"');
    CHECK(c != '\\');
  }
}
