#include "core/ws/deflate.hpp"
#include "core/ws/frame_reader.hpp"
#include "support/client_frame.hpp"

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>

#include <random>

using namespace troupe;
using namespace troupe::ws::testing;
using namespace std::string_literals;
using ws::opcode;
using texts = std::vector<std::string>;

namespace {

const std::string hello = client_frame(opcode::text, "hello");

std::string fragment(unsigned op, std::string payload, bool fin, unsigned rsv = 0) {
  return client_frame({.op = op, .payload = std::move(payload), .fin = fin, .rsv = rsv});
}

std::string close_body(unsigned code, const std::string& reason = "") {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)} + reason;
}

} // namespace

TEST_CASE("ws reader: whole messages of every size of length field") {
  for (std::size_t size : {0u, 1u, 7u, 8u, 125u, 126u, 127u, 65535u, 65536u, 200000u}) {
    INFO(size);
    const std::string payload(size, 'x');
    CHECK(read_all(client_frame(opcode::text, payload)) == texts{"text:" + payload});
    CHECK(read_all(client_frame(opcode::binary, payload)) == texts{"binary:" + payload});
  }
}

TEST_CASE("ws reader: unmasks from every alignment") {
  for (std::size_t size = 0; size < 40; ++size) {
    std::string payload;
    for (std::size_t i = 0; i < size; ++i)
      payload.push_back(static_cast<char>(i * 37));
    for (const auto& mask : {"\x01\x02\x03\x04"s, "\xff\x80\x7f\x00"s, "\0\0\0\0"s})
      CHECK(read_all(client_frame({.op = 2, .payload = payload, .mask = mask})) == texts{"binary:" + payload});
  }
}

TEST_CASE("ws reader: several messages in one read") {
  CHECK(
    read_all(hello + hello + client_frame(opcode::ping, "p") + client_frame(opcode::binary, "\x01"))
    == texts{"text:hello", "text:hello", "ping:p", "binary:\x01"});
}

TEST_CASE("ws reader: a whole message is unmasked where it stands and costs no memory") {
  std::string bytes = hello;
  ws::frame_reader reader(1000);
  std::span<char> input(bytes);
  const auto m = reader.next(input);
  REQUIRE(m);
  CHECK(m->payload.data() == bytes.data() + 6);
  CHECK(input.empty());
  CHECK(reader.buffered() == 0);
}

TEST_CASE("ws reader: memory is held only while something is incomplete") {
  ws::frame_reader reader(1000);
  CHECK(feed(reader, hello.substr(0, 8)).empty());
  CHECK(reader.buffered() == 8);
  CHECK(feed(reader, hello.substr(8)) == texts{"text:hello"});
  CHECK(reader.buffered() == 0);
  CHECK(feed(reader, fragment(1, "abc", false)).empty());
  CHECK(reader.buffered() == 3);
  CHECK(feed(reader, fragment(0, "def", false) + client_frame(opcode::ping, "")) == texts{"ping:"});
  CHECK(reader.buffered() == 6);
  CHECK(feed(reader, fragment(0, "", true)) == texts{"text:abcdef"});
  CHECK(reader.buffered() == 0);
  STATIC_CHECK(sizeof(ws::frame_reader) <= 48);
}

TEST_CASE("ws reader: a big announced length alone takes no memory") {
  ws::frame_reader reader(1'000'000);
  const auto frame = client_frame(opcode::binary, std::string(900'000, 'x'));
  CHECK(feed(reader, frame.substr(0, 20)).empty());
  CHECK(reader.buffered() == 20);
}

TEST_CASE("ws reader: fragments become one message") {
  CHECK(read_all(fragment(1, "a", false) + fragment(0, "b", false) + fragment(0, "c", true)) == texts{"text:abc"});
  CHECK(read_all(fragment(2, "", false) + fragment(0, "", true)) == texts{"binary:"});
  CHECK(
    read_all(fragment(2, "a", false) + fragment(0, "", false) + fragment(0, "b", true) + hello)
    == texts{"binary:ab", "text:hello"});
}

TEST_CASE("ws reader: control frames may stand between fragments") {
  const auto bytes = fragment(1, "a", false) + client_frame(opcode::ping, "1") + fragment(0, "b", false)
                     + client_frame(opcode::pong, "2") + client_frame(opcode::ping, "3") + fragment(0, "c", true);
  CHECK(read_all(bytes) == texts{"ping:1", "pong:2", "ping:3", "text:abc"});
  CHECK(
    read_all(fragment(1, "a", false) + client_frame(opcode::close, close_body(1000)) + fragment(0, "b", true))
    == texts{"close:1000:"});
}

TEST_CASE("ws reader: fragments out of order fail") {
  CHECK(read_all(fragment(0, "a", true)) == texts{"failed:1002"});
  CHECK(read_all(fragment(0, "a", false)) == texts{"failed:1002"});
  CHECK(read_all(hello + fragment(0, "a", true)) == texts{"text:hello", "failed:1002"});
  CHECK(read_all(fragment(1, "a", false) + hello) == texts{"failed:1002"});
  CHECK(read_all(fragment(1, "a", false) + fragment(2, "b", false)) == texts{"failed:1002"});
  CHECK(
    read_all(fragment(1, "a", false) + fragment(0, "b", true) + fragment(0, "c", true))
    == texts{"text:ab", "failed:1002"});
}

TEST_CASE("ws reader: reserved bits fail, RSV1 alone may mean compression") {
  for (unsigned rsv = 1; rsv < 8; ++rsv)
    for (unsigned op : {0u, 1u, 2u, 8u, 9u, 10u}) {
      INFO("rsv " << rsv << " op " << op);
      CHECK(read_all(client_frame({.op = op, .rsv = rsv})) == texts{"failed:1002"});
      if (rsv != 4 || op == 0 || op >= 8)
        CHECK(read_all(client_frame({.op = op, .rsv = rsv}), 1000, true) == texts{"failed:1002"});
    }
  CHECK(read_all(fragment(1, "a", false) + fragment(0, "b", true, 4), 1000, true) == texts{"failed:1002"});
}

TEST_CASE("ws reader: unknown opcodes fail at their first byte") {
  for (unsigned op : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u}) {
    INFO(op);
    CHECK(read_all(client_frame({.op = op}).substr(0, 2)) == texts{"failed:1002"});
    CHECK(read_all(client_frame({.op = op, .fin = false})) == texts{"failed:1002"});
  }
}

TEST_CASE("ws reader: frames without a mask fail") {
  for (unsigned op : {1u, 2u, 8u, 9u, 10u})
    CHECK(read_all(client_frame({.op = op, .masked = false})) == texts{"failed:1002"});
}

TEST_CASE("ws reader: lengths are in their shortest form") {
  CHECK(read_all(client_frame({.payload = "hello", .length_bytes = 2})) == texts{"failed:1002"});
  CHECK(read_all(client_frame({.payload = std::string(125, 'x'), .length_bytes = 2})) == texts{"failed:1002"});
  CHECK(read_all(client_frame({.payload = std::string(126, 'x'), .length_bytes = 8})) == texts{"failed:1002"});
  CHECK(read_all(client_frame({.payload = std::string(65535, 'x'), .length_bytes = 8})) == texts{"failed:1002"});
  CHECK(read_all("\x82\xff\x80\0\0\0\0\0\0\0mask"s) == texts{"failed:1002"});
}

TEST_CASE("ws reader: control frames are short and whole") {
  for (unsigned op : {8u, 9u, 10u}) {
    INFO(op);
    CHECK(read_all(client_frame({.op = op, .payload = std::string(126, 'x')})) == texts{"failed:1002"});
    CHECK(read_all(client_frame({.op = op, .payload = std::string(126, 'x')}).substr(0, 2)) == texts{"failed:1002"});
    CHECK(read_all(client_frame({.op = op, .fin = false})) == texts{"failed:1002"});
  }
  const std::string longest(125, 'x');
  CHECK(read_all(client_frame(opcode::ping, longest)) == texts{"ping:" + longest});
  CHECK(read_all(client_frame(opcode::pong, "\xff\xfe")) == texts{"pong:\xff\xfe"});
}

TEST_CASE("ws reader: messages beyond the limit fail with 1009 before they are there") {
  const auto frame = client_frame(opcode::text, std::string(101, 'x'));
  CHECK(read_all(client_frame(opcode::text, std::string(100, 'x')), 100).size() == 1);
  CHECK(read_all(frame.substr(0, 6), 100) == texts{"failed:1009"});
  CHECK(
    read_all(fragment(1, std::string(60, 'x'), false) + fragment(0, std::string(41, 'x'), true).substr(0, 6), 100)
    == texts{"failed:1009"});
  CHECK(read_all(fragment(1, std::string(60, 'x'), false) + fragment(0, std::string(40, 'x'), true), 100).size() == 1);
  CHECK(read_all("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xffmask"s) == texts{"failed:1009"});
  CHECK(read_all(fragment(1, "x", false) + "\x80\xff\x7f\xff\xff\xff\xff\xff\xff\xffmask"s) == texts{"failed:1009"});
  CHECK(read_all(client_frame(opcode::ping, std::string(125, 'x')), 100).size() == 1);
}

TEST_CASE("ws reader: text is UTF-8, also across fragments") {
  const std::string good = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5 \xf0\x9f\x8e\xad";
  for (std::size_t cut = 0; cut <= good.size(); ++cut)
    CHECK(
      read_all(fragment(1, good.substr(0, cut), false) + fragment(0, good.substr(cut), true)) == texts{"text:" + good});
  for (const auto& bad :
       {"\xff"s, "\xc3"s, "\xed\xa0\x80"s, "\xc0\x80"s, "\xf4\x90\x80\x80"s, "\xce\xba\x80"s, good + "\xe2\x82"}) {
    CHECK(read_all(client_frame(opcode::text, bad)) == texts{"failed:1007"});
    CHECK(read_all(fragment(1, bad.substr(0, 1), false) + fragment(0, bad.substr(1), true)) == texts{"failed:1007"});
    CHECK(read_all(client_frame(opcode::binary, bad)) == texts{"binary:" + bad});
  }
}

TEST_CASE("ws reader: close codes") {
  for (unsigned code :
       {1000u, 1001u, 1002u, 1003u, 1007u, 1008u, 1009u, 1010u, 1011u, 1012u, 1013u, 1014u, 3000u, 3999u, 4000u,
        4999u}) {
    INFO(code);
    CHECK(
      read_all(client_frame(opcode::close, close_body(code, "bye")))
      == texts{"close:" + std::to_string(code) + ":bye"});
  }
  for (unsigned code : {0u, 1u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 1100u, 2000u, 2999u, 5000u, 65535u}) {
    INFO(code);
    CHECK(read_all(client_frame(opcode::close, close_body(code))) == texts{"failed:1002"});
  }
  CHECK(read_all(client_frame(opcode::close, "")) == texts{"close:1005:"});
  CHECK(read_all(client_frame(opcode::close, "\x03")) == texts{"failed:1002"});
  CHECK(read_all(client_frame(opcode::close, close_body(1000, "\xc3"))) == texts{"failed:1007"});
}

TEST_CASE("ws reader: nothing is read behind a close or a failure") {
  for (const auto& end : {client_frame(opcode::close, ""), client_frame({.op = 3})}) {
    ws::frame_reader reader(1000);
    CHECK(feed(reader, end + hello).size() == 1);
    CHECK(feed(reader, hello).empty());
    CHECK(reader.buffered() == 0);
  }
}

TEST_CASE("ws reader: compressed messages") {
  const std::string text(5000, 'z');
  const auto packed = ws::deflate_message(text);
  CHECK(read_all(client_frame({.op = 1, .payload = packed, .rsv = 4}), 5000, true) == texts{"text:" + text});
  CHECK(
    read_all(client_frame({.op = 2, .payload = packed, .rsv = 4}) + hello, 5000, true)
    == texts{"binary:" + text, "text:hello"});
  CHECK(
    read_all(
      fragment(1, packed.substr(0, 3), false, 4) + client_frame(opcode::ping, "") + fragment(0, packed.substr(3), true),
      5000, true)
    == texts{"ping:", "text:" + text});
  CHECK(read_all(client_frame({.payload = packed, .rsv = 4}), 4999, true) == texts{"failed:1009"});
  CHECK(read_all(client_frame({.payload = "\x07\x07\x07", .rsv = 4}), 5000, true) == texts{"failed:1007"});
  CHECK(read_all(client_frame({.payload = ws::deflate_message("\xff"), .rsv = 4}), 5000, true) == texts{"failed:1007"});
  CHECK(read_all(hello, 5000, true) == texts{"text:hello"});
}

TEST_CASE("ws reader: a message of the largest size may be incompressible") {
  std::mt19937 random(4);
  std::string noise(300'000, '\0');
  for (char& c : noise)
    c = static_cast<char>(random());
  const auto packed = ws::deflate_message(noise);
  REQUIRE(packed.size() > noise.size());
  CHECK(read_all(client_frame({.op = 2, .payload = packed, .rsv = 4}), noise.size(), true) == texts{"binary:" + noise});
}

TEST_CASE("ws reader: pieces of any size read like the whole") {
  const auto packed = ws::deflate_message("compressed compressed compressed");
  const std::vector<std::string> streams = {
    hello + client_frame(opcode::binary, std::string(300, 'b')) + fragment(1, "a", false)
      + client_frame(opcode::ping, "p") + fragment(0, "\xc3", false) + fragment(0, "\xa9", true)
      + client_frame({.payload = packed, .rsv = 4}) + hello + client_frame(opcode::close, close_body(1001, "away")),
    hello + client_frame({.op = 3}) + hello,
    hello + client_frame({.payload = "\xff"}) + hello,
    fragment(1, "abc", false) + fragment(0, std::string(70'000, 'x'), true) + hello,
    client_frame({.payload = std::string(70'001, 'x')}) + hello,
    client_frame({.op = 9, .payload = std::string(126, 'x')}),
  };
  for (const auto& bytes : streams) {
    const auto whole = read_all(bytes, 70'003, true);
    REQUIRE_FALSE(whole.empty());
    for (std::size_t piece : {1u, 2u, 3u, 5u, 7u, 13u, 64u, 4096u}) {
      INFO(piece);
      CHECK(read_all(bytes, 70'003, true, piece) == whole);
    }
  }
}
