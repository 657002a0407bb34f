#include "core/engineio/payload.hpp"

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace troupe;
using namespace std::string_literals;
using engineio::packet_type;

namespace {

/// Packets as `<type>:<data>` or `bin:<data>`, errors as their code.
std::vector<std::string> packets(std::string_view body) {
  std::vector<std::string> out;
  engineio::payload_reader r(body);
  while (auto p = r.next())
    out.push_back(
      !*p ? p->error().code
          : ((*p)->binary ? "bin" : std::to_string(static_cast<int>((*p)->type))) + ":" + std::string((*p)->data));
  return out;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("engineio: text packets") {
  std::string scratch;
  for (int digit = 0; digit <= 6; ++digit) {
    const auto text = std::to_string(digit) + "data";
    const auto p = engineio::decode_text(text, scratch);
    REQUIRE(p.has_value());
    CHECK(static_cast<int>(p->type) == digit);
    CHECK(p->data == "data");
    CHECK_FALSE(p->binary);
  }
  for (auto text : {"", "7", "8x", "a", " 4", "\x1e", "/", ":"}) {
    INFO(text);
    const auto p = engineio::decode_text(text, scratch);
    REQUIRE_FALSE(p.has_value());
    CHECK(p.error().code == "parse_error");
  }
}

TEST_CASE("engineio: b means a binary message in base64") {
  std::string scratch;
  const auto p = engineio::decode_text("bAQIDBA==", scratch);
  REQUIRE(p.has_value());
  CHECK(p->binary);
  CHECK(p->type == packet_type::message);
  CHECK(p->data == "\x01\x02\x03\x04");
  CHECK(engineio::decode_text("b", scratch)->data.empty());
  CHECK_FALSE(engineio::decode_text("b!", scratch).has_value());
}

TEST_CASE("engineio: payloads are packets with separators") {
  CHECK(packets("4hello") == texts{"4:hello"});
  CHECK(
    packets("4test1\x1e"
            "4test2\x1e"
            "4test3")
    == texts{"4:test1", "4:test2", "4:test3"});
  CHECK(
    packets("4hello\x1e"
            "bAQIDBA==\x1e"
            "2")
    == texts{"4:hello", "bin:\x01\x02\x03\x04", "2:"});
  CHECK(packets("4") == texts{"4:"});
}

TEST_CASE("engineio: a payload ends at its first bad packet") {
  CHECK(packets("") == texts{"parse_error"});
  CHECK(packets("\x1e") == texts{"parse_error"});
  CHECK(packets("4a\x1e") == texts{"4:a", "parse_error"});
  CHECK(
    packets("4a\x1e\x1e"
            "4b")
    == texts{"4:a", "parse_error"});
  CHECK(
    packets("4a\x1e"
            "9b\x1e"
            "4c")
    == texts{"4:a", "parse_error"});
  CHECK(
    packets("4a\x1e"
            "b*\x1e"
            "4c")
    == texts{"4:a", "parse_error"});
}
