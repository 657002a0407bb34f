#include "core/ws/deflate.hpp"

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>

#include <random>
#include <zlib.h>

using namespace troupe;
using namespace std::string_literals;

namespace {

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string out(size, '\0');
  for (char& c : out)
    c = static_cast<char>(random());
  return out;
}

/// What zlib makes of a body in the given wrapping.
std::string unwrap(const std::string& body, int window) {
  z_stream z{};
  REQUIRE(inflateInit2(&z, window) == Z_OK);
  std::string out(1 << 20, '\0');
  std::string in = body;
  z.next_in = reinterpret_cast<Bytef*>(in.data());
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  CHECK(inflate(&z, Z_FINISH) == Z_STREAM_END);
  CHECK(z.avail_in == 0);
  out.resize(z.total_out);
  inflateEnd(&z);
  return out;
}

} // namespace

TEST_CASE("deflate: messages come back whole, one after another") {
  for (const auto& text :
       {""s, "a"s, std::string(100'000, 'x'), noise(70'000, 1), noise(16'383, 2), "hello hello hello"s})
    for (int twice = 0; twice < 2; ++twice) {
      INFO(text.size());
      const auto back = ws::inflate_message(ws::deflate_message(text), text.size());
      REQUIRE(back.has_value());
      CHECK(*back == text);
    }
}

TEST_CASE("deflate: the examples of RFC 7692 7.2.3") {
  CHECK(*ws::inflate_message("\xf2\x48\xcd\xc9\xc9\x07\x00"s, 100) == "Hello");
  CHECK(*ws::inflate_message("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s, 100) == "Hello");                     // BFINAL
  CHECK(*ws::inflate_message("\x00\x05\x00\xfa\xffHello\x00"s, 100) == "Hello");                        // stored
  CHECK(*ws::inflate_message("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s, 100) == "Hello"); // two blocks
  CHECK(*ws::inflate_message("\x00"s, 100) == "");
  CHECK(ws::deflate_message("") == "\x00"s);
}

TEST_CASE("deflate: output beyond the limit is refused") {
  const auto bomb = ws::deflate_message(std::string(10'000'000, '\0'));
  CHECK(ws::inflate_message(bomb, 10'000'000).has_value());
  for (std::size_t limit : {0u, 1u, 100u, 9'999'999u}) {
    const auto r = ws::inflate_message(bomb, limit);
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code == "too_big");
  }
}

TEST_CASE("deflate: what is no deflate data, or is cut short, is refused") {
  const auto good = ws::deflate_message("some text that is long enough to be compressed compressed compressed");
  for (std::size_t cut = 0; cut + 1 < good.size(); ++cut) {
    const auto r = ws::inflate_message(good.substr(0, cut), 1000);
    INFO(cut);
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code == "bad_deflate");
  }
  CHECK(ws::inflate_message("\xff\xff\xff", 1000).error().code == "bad_deflate");
  CHECK(ws::inflate_message("", 1000).error().code == "bad_deflate");
}

TEST_CASE("deflate: HTTP bodies carry their wrapping") {
  for (const auto& body : {""s, "short"s, std::string(300'000, 'x'), noise(50'000, 3)}) {
    CHECK(unwrap(ws::compress_body(body, ws::http_coding::gzip), 15 + 16) == body);
    CHECK(unwrap(ws::compress_body(body, ws::http_coding::deflate), 15) == body);
  }
}
