#include "core/ws/frame_writer.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace std::string_literals;
using ws::opcode;

namespace {

std::string header(opcode op, std::size_t size, bool compressed = false) {
  std::string out;
  ws::append_header(out, op, size, compressed);
  return out;
}

} // namespace

TEST_CASE("ws writer: headers use the shortest length") {
  CHECK(header(opcode::text, 0) == "\x81\x00"s);
  CHECK(header(opcode::binary, 125) == "\x82\x7d"s);
  CHECK(header(opcode::text, 126) == "\x81\x7e\x00\x7e"s);
  CHECK(header(opcode::text, 65535) == "\x81\x7e\xff\xff"s);
  CHECK(header(opcode::text, 65536) == "\x81\x7f\0\0\0\0\0\x01\0\0"s);
  CHECK(header(opcode::text, 5, true) == "\xc1\x05"s);
}

TEST_CASE("ws writer: frames are header and payload") {
  std::string out = "before";
  ws::append_frame(out, opcode::ping, "hi");
  CHECK(out == "before\x89\x02hi");
}

TEST_CASE("ws writer: close frames") {
  CHECK(ws::close_frame(0) == "\x88\x00"s);
  CHECK(ws::close_frame(1000) == "\x88\x02\x03\xe8"s);
  CHECK(ws::close_frame(1009, "big") == "\x88\x05\x03\xf1"s + "big");
  CHECK(ws::close_frame(0, "no code, no reason") == "\x88\x00"s);
}

TEST_CASE("ws writer: a long close reason is cut between characters") {
  CHECK(ws::close_frame(1000, std::string(123, 'x')).size() == 127);
  CHECK(ws::close_frame(1000, std::string(200, 'x')).size() == 127);
  const auto cut = ws::close_frame(1000, std::string(122, 'x') + "\xe2\x82\xac");
  CHECK(cut.size() == 126);
  CHECK(cut.back() == 'x');
}
