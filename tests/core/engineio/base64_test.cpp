#include "core/engineio/payload.hpp"

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>

#include <random>

using namespace troupe;
using namespace std::string_literals;
using engineio::base64_decode;
using engineio::base64_encode;

TEST_CASE("base64: the examples of RFC 4648") {
  const std::pair<const char*, const char*> table[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : table) {
    CHECK(base64_encode(plain) == encoded);
    CHECK(base64_decode(encoded) == plain);
  }
}

TEST_CASE("base64: clients' variations are accepted") {
  CHECK(base64_decode("-_-_") == base64_decode("+/+/"));
  CHECK(base64_decode("Zg") == "f");
  CHECK(base64_decode("Zg=") == "f");
  CHECK(base64_decode("Zm8") == "fo");
  CHECK(base64_decode("Zm9v\nYm\r\nFy") == "foobar");
  CHECK(base64_decode(" Z m 9\tv ") == "foo");
  CHECK(base64_decode("Zg=\n=\n") == "f");
  CHECK(base64_decode("\n") == "");
}

TEST_CASE("base64: everything else is refused") {
  for (const auto& text :
       {"Z"s, "Zm9vY"s, "Zm9v="s, "Zm9v===="s, "Zg==="s, "Zm8=="s, "="s, "Zg==Zg=="s, "Z=g="s, "Zm9v!"s, "Zm\0v"s,
        "Zm9\x80"s, "Zm9,"s}) {
    INFO(text);
    CHECK_FALSE(base64_decode(text));
  }
}

TEST_CASE("base64: any bytes come back") {
  std::mt19937 random(6);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes)
      c = static_cast<char>(random());
    const auto text = base64_encode(bytes);
    REQUIRE(text.size() == (size + 2) / 3 * 4);
    REQUIRE(base64_decode(text) == bytes);
  }
}
