#include "base/printable.hpp"

#include <catch2/catch_test_macros.hpp>

using troupe::printable;

TEST_CASE("ordinary text stays as it is, in any script") {
  CHECK(printable("") == "");
  CHECK(printable("a \"b\" \\ c") == "a \"b\" \\ c");
  CHECK(printable("Xin chào, 世界 🙂") == "Xin chào, 世界 🙂");
}

TEST_CASE("what could forge a line or steer a terminal is made visible") {
  CHECK(printable("a\nb\r\tc") == "a\\nb\\r\\tc");
  CHECK(printable(std::string_view{"\0\x1b[31m\x7f", 7}) == "\\x00\\x1b[31m\\x7f");
  CHECK(printable("\xc2\x9b") == "\\x9b");                          // C1: CSI
  CHECK(printable("\xe2\x80\xa8\xe2\x80\xae") == "\\u2028\\u202e"); // line separator, right-to-left override
}

TEST_CASE("bytes that are not UTF-8 are shown one by one") {
  CHECK(printable("\xff\xfe") == "\\xff\\xfe");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");                   // overlong
  CHECK(printable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");          // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");          // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80"); // beyond U+10FFFF
  CHECK(printable("\xe4\xb8") == "\\xe4\\xb8");                   // cut
  CHECK(printable("\xe4\xb8x") == "\\xe4\\xb8x");
}

TEST_CASE("long text is cut between characters and says how much is missing") {
  CHECK(printable(std::string(10, 'a'), 10) == std::string(10, 'a'));
  CHECK(printable(std::string(12, 'a'), 10) == std::string(10, 'a') + "...(+2 bytes)");
  CHECK(printable("aaa世界", 5) == "aaa...(+6 bytes)");
}
