#include "core/json/json_text.hpp"

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <random>

using namespace troupe;
using namespace std::string_literals;

TEST_CASE("json: string_value unescapes") {
  CHECK(json::string_value("\"\"") == "");
  CHECK(json::string_value(" \"abc\" ") == "abc");
  CHECK(json::string_value(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(json::string_value(R"("\u0000\u0041\u00e9\u20AC")") == "\0A\xc3\xa9\xe2\x82\xac"s);
  CHECK(json::string_value(R"("\ud83c\udfad")") == "\xf0\x9f\x8e\xad");
  CHECK(json::string_value(R"("\uDBFF\uDFFF")") == "\xf4\x8f\xbf\xbf");
}

TEST_CASE("json: lone surrogates become U+FFFD") {
  const std::string r = "\xef\xbf\xbd";
  CHECK(json::string_value(R"("\ud800")") == r);
  CHECK(json::string_value(R"("\udc00")") == r);
  CHECK(json::string_value(R"("\ud800x")") == r + "x");
  CHECK(json::string_value(R"("\ud800\n")") == r + "\n");
  CHECK(json::string_value(R"("\ud800\u0041")") == r + "A");
  CHECK(json::string_value(R"("\ud800\ud800")") == r + r);
  CHECK(json::string_value(R"("\udfad\ud83c")") == r + r);
}

TEST_CASE("json: only strings are string values") {
  for (auto text : {"", "1", "null", "[]", "{\"a\":\"b\"}"})
    CHECK_FALSE(json::string_value(text));
}

TEST_CASE("json: integer_value takes integers that fit") {
  CHECK(json::integer_value("0") == 0);
  CHECK(json::integer_value("-0") == 0);
  CHECK(json::integer_value(" 42 ") == 42);
  CHECK(json::integer_value("9223372036854775807") == INT64_MAX);
  CHECK(json::integer_value("-9223372036854775808") == INT64_MIN);
  for (auto text : {"9223372036854775808", "1.0", "1e3", "\"1\"", "true", "null", "", "[1]"}) {
    INFO(text);
    CHECK_FALSE(json::integer_value(text));
  }
}

TEST_CASE("json: number_value takes numbers that a double holds") {
  CHECK(json::number_value("1.5") == 1.5);
  CHECK(json::number_value(" -2e3 ") == -2000.0);
  CHECK(json::number_value("0") == 0.0);
  CHECK(json::number_value("1e-999") == 0.0);
  CHECK(json::number_value("1.7976931348623157e308") == 1.7976931348623157e308);
  for (auto text : {"1e999", "-1e999", "\"1\"", "true", "", "[1]"}) {
    INFO(text);
    CHECK_FALSE(json::number_value(text));
  }
}

TEST_CASE("json: boolean_value takes booleans") {
  CHECK(json::boolean_value("true") == true);
  CHECK(json::boolean_value(" false\n") == false);
  for (auto text : {"", "1", "null", "\"true\""})
    CHECK_FALSE(json::boolean_value(text));
}

TEST_CASE("json: string_member takes ids as text or as integer") {
  const auto object = R"({"a":"x\ty","b":12,"c":1.5,"d":null,"e":["x"],"f":true})";
  CHECK(json::string_member(object, "a") == "x\ty");
  CHECK(json::string_member(object, "b") == "12");
  for (auto name : {"c", "d", "e", "f", "g"})
    CHECK_FALSE(json::string_member(object, name));
}

TEST_CASE("json: append_string escapes what must be") {
  CHECK(json::quoted("") == "\"\"");
  CHECK(json::quoted("plain text, longer than a word") == "\"plain text, longer than a word\"");
  CHECK(json::quoted("\"\\/") == R"("\"\\/")");
  CHECK(json::quoted("\b\f\n\r\t\x01\x1f\x7f"s + '\0') == "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\\u0000\"");
  CHECK(json::quoted("\xe2\x82\xac") == "\"\xe2\x82\xac\"");
  std::string out = "[";
  json::append_string(out, "a");
  CHECK(out == "[\"a\"");
}

TEST_CASE("json: append_string replaces bytes that are no UTF-8") {
  const std::string r = "\xef\xbf\xbd";
  CHECK(json::quoted("\xff") == "\"" + r + "\"");
  CHECK(json::quoted("a\xc3") == "\"a" + r + "\"");
  CHECK(json::quoted("\xe2\x82x\xc3\xa9") == "\"" + r + r + "x\xc3\xa9\"");
  CHECK(json::quoted("\xed\xa0\x80") == "\"" + r + r + r + "\"");
  CHECK(json::quoted("\xf0\x9f\x8e\"") == "\"" + r + r + r + "\\\"\"");
}

TEST_CASE("json: quoted text is valid and reads back, whatever the bytes") {
  std::mt19937 random(5);
  for (int i = 0; i < 2'000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes)
      c = static_cast<char>(random() % 3 ? random() % 128 : random());
    const auto text = json::quoted(bytes);
    REQUIRE(json::valid(text));
    REQUIRE(json::string_value(text) == nlohmann::json::parse(text).get<std::string>());
    const auto again = *json::string_value(text);
    REQUIRE(json::string_value(json::quoted(again)) == again);
  }
}
