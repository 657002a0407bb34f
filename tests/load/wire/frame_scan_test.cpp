#include "core/ws/frame_writer.hpp"
#include "load/wire/frame_scan.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace troupe;
using namespace troupe::load;

namespace {

scanned scan(std::string_view bytes, server_frame& out) {
  return scan_frame(bytes.data(), bytes.data() + bytes.size(), out);
}

} // namespace

TEST_CASE("frames are found one after the other") {
  std::string bytes;
  const std::size_t sizes[] = {0, 1, 125, 126, 65'535, 65'536, 3};
  for (auto size : sizes)
    ws::append_frame(bytes, ws::opcode::text, std::string(size, static_cast<char>('a' + size % 26)));
  const char* from = bytes.data();
  const char* end = from + bytes.size();
  server_frame f;
  for (auto size : sizes) {
    REQUIRE(scan_frame(from, end, f) == scanned::frame);
    CHECK(f.op == ws::opcode::text);
    CHECK(f.fin);
    CHECK(f.payload == std::string(size, static_cast<char>('a' + size % 26)));
    from += f.size;
  }
  CHECK(from == end);
}

TEST_CASE("every beginning of a frame asks for more") {
  for (std::size_t size : {5, 300, 70'000}) {
    std::string whole;
    ws::append_frame(whole, ws::opcode::binary, std::string(size, 'x'));
    server_frame f;
    const auto header = whole.size() - size;
    for (std::size_t n = 0; n < std::min<std::size_t>(whole.size(), 400); ++n) {
      CHECK(scan({whole.data(), n}, f) == scanned::more);
      CHECK(f.size == (n >= header ? whole.size() : 0));
    }
    CHECK(scan(whole, f) == scanned::frame);
  }
}

TEST_CASE("what no server may send is broken") {
  server_frame f;
  CHECK(scan(std::string{'\x81', '\x81'}, f) == scanned::broken);                          // masked
  CHECK(scan(std::string{'\xc1', '\x01', 'x'}, f) == scanned::broken);                     // compressed
  CHECK(scan(std::string{'\x81', '\x7f'} + std::string(8, '\xff'), f) == scanned::broken); // longer than memory
  CHECK(scan("HTTP/1.1 200 OK", f) == scanned::broken);
}

TEST_CASE("control frames and fragments keep their marks") {
  server_frame f;
  const std::string fragment{'\x01', '\x01', 'x'}, close{'\x88', '\x02', '\x03', '\xe8'}; // what is found points into them
  REQUIRE(scan(fragment, f) == scanned::frame);
  CHECK_FALSE(f.fin);
  REQUIRE(scan(close, f) == scanned::frame);
  CHECK(f.op == ws::opcode::close);
  CHECK(f.payload == "\x03\xe8");
}
