#include "core/json/json_text.hpp"

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <vector>

using namespace troupe;
using namespace std::string_literals;

namespace {

std::string nested(std::size_t depth, char open, const std::string& inner, char close) {
  std::string key = open == '{' ? "\"k\":" : "", text;
  for (std::size_t i = 0; i < depth; ++i)
    text += open + (i + 1 < depth ? key : ""s);
  return text + inner + std::string(depth, close);
}

const std::vector<std::string> good = {
  "null",
  "true",
  "false",
  "0",
  "-0",
  "1",
  "-1",
  "10",
  "123456789012345678901234567890",
  "0.5",
  "-0.0",
  "1.25e3",
  "1E+2",
  "1e-2",
  "0e0",
  "1e999",
  "\"\"",
  "\"a\"",
  R"("\"\\\/\b\f\n\r\t")",
  R"("\u0000")",
  R"("\uD834\udd1e")",
  R"("\ud800")",
  R"("\uDC00\uD800")",
  "\"\x7f\"",
  "\"\xc2\x80\"",
  "\"\xe2\x82\xac\"",
  "\"\xf0\x9f\x8e\xad\"",
  "\"\xf4\x8f\xbf\xbf\"",
  "\"\xef\xbf\xbf\"",
  "\"\xe2\x80\xa8\"",
  "[]",
  "[ ]",
  "{}",
  "{ }",
  "[1]",
  "[1,2]",
  "[[],[[]]]",
  "{\"a\":1}",
  "{\"a\":1,\"a\":2}",
  "{\"\":0}",
  " \t\r\n[ 1 , 2 ]\n",
  " { \"a\" : { \"b\" : [ null , true ] } } ",
  "[\"]\",\"}\"]",
  "\"exactly seven\"",
  "\"12345678\"",
  "\"1234567\\\"\"",
  "[1.5,-2e10,\"x\",{\"y\":[]}]",
  "{\"\\u0061\":1}",
};

const std::vector<std::string> bad = {
  "",
  " ",
  "nul",
  "nulll",
  "True",
  "NULL",
  "undefined",
  "NaN",
  "Infinity",
  "-Infinity",
  "01",
  "-01",
  "00",
  "-",
  "+1",
  ".5",
  "1.",
  "1.e1",
  "1e",
  "1e+",
  "1e+-1",
  "0x10",
  "1_000",
  "1 2",
  "- 1",
  "--1",
  "0.1.2",
  "1,",
  ",1",
  "'a'",
  "\"",
  "\"a",
  "a\"",
  "\"\\\"",
  "\"\\",
  R"("\a")",
  R"("\x41")",
  R"("\u")",
  R"("\u12")",
  R"("\u123g")",
  R"("\u123)",
  "\"\n\"",
  "\"\t\"",
  "\"\x01\"",
  "\"\x1f\"",
  "\"a\0b\""s,
  "[",
  "]",
  "[1",
  "[1,",
  "[1,]",
  "[,1]",
  "[1,,2]",
  "[1 2]",
  "[1:2]",
  "[}",
  "[1}",
  "{",
  "}",
  "{]",
  "{\"a\"",
  "{\"a\":",
  "{\"a\":1",
  "{\"a\":1,",
  "{\"a\":1,}",
  "{\"a\" 1}",
  "{\"a\",1}",
  "{a:1}",
  "{1:1}",
  "{'a':1}",
  "{\"a\":1 \"b\":2}",
  "{\"a\":1]",
  "{null:1}",
  "{,}",
  "[1]]",
  "{}}",
  "[] []",
  "{}x",
  "null null",
  "[1]\0"s,
  "\xef\xbb\xbf[]",
  "\xef\xbb\xbf",
  "[1]\xc2\xa0",
  "\f[]",
  "\v1",
  "/* c */ 1",
  "1 // c",
  "[1]#",
  "\"\x80\"",
  "\"\xc0\xaf\"",
  "\"\xed\xa0\x80\"",
  "\"\xf4\x90\x80\x80\"",
  "\"\xe2\x82\"",
  "\"\xff\"",
  "\"\xfe\xff\"",
  "\xe2\x82",
  "\0"s,
  "[\0]"s,
};

/// Grammar pieces glued at random; most results are nearly JSON.
std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> pieces = {
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"a\"",
    "\"\"",
    "\"b\\n\"",
    "\"\\u00e9\"",
    "\"\xc3\xa9\"",
    "\xc3",
    "\"",
    "\\",
    "0",
    "1",
    "-",
    "12",
    ".",
    "e",
    "E",
    "+",
    "true",
    "false",
    "null",
    "tru",
    " ",
    "\n",
    "\t",
    "\x01",
    "\"k\":",
    "\"k\":1",
    "[]",
    "{}",
    "[1,2]",
    "{\"a\":[]}",
    "\"12345678901234567890\"",
    "/",
    "u0"};
  std::string text;
  const auto count = 1 + random() % 12;
  for (unsigned i = 0; i < count; ++i)
    text += pieces[random() % pieces.size()];
  return text;
}

/// A valid text from the grammar.
std::string random_value(std::mt19937& random, int depth) {
  static const std::vector<std::string> scalars = {
    "0",
    "-1.5e3",
    "true",
    "false",
    "null",
    "\"\"",
    "\"x\\ty\"",
    "\"\xe2\x82\xac\"",
    "\"a longer piece of text\"",
    "18446744073709551615"};
  static const std::vector<std::string> spaces = {"", "", "", " ", "\n\t", "\r\n"};
  auto space = [&] { return spaces[random() % spaces.size()]; };
  const auto shape = depth > 0 ? random() % 3 : 2;
  if (shape == 2)
    return space() + scalars[random() % scalars.size()] + space();
  std::string text = shape == 0 ? "[" : "{";
  const auto count = random() % 4;
  for (unsigned i = 0; i < count; ++i)
    text += (i ? "," : "") + (shape == 1 ? space() + "\"k" + std::to_string(i) + "\"" + space() + ":" : "")
            + random_value(random, depth - 1);
  return space() + text + (count ? "" : space()) + (shape == 0 ? "]" : "}") + space();
}

/// Numbers beyond double are JSON, but nlohmann refuses them.
bool has_big_exponent(const std::string& text) {
  for (std::size_t i = 0; i + 3 < text.size(); ++i)
    if ((text[i] == 'e' || text[i] == 'E') && text.find_first_not_of("+-0123456789", i + 1) >= i + 4)
      return true;
  return false;
}

} // namespace

TEST_CASE("json: valid accepts what RFC 8259 allows") {
  for (const auto& text : good) {
    INFO(text);
    CHECK(json::valid(text));
  }
}

TEST_CASE("json: valid refuses everything else") {
  for (const auto& text : bad) {
    INFO(text);
    CHECK_FALSE(json::valid(text));
  }
}

TEST_CASE("json: no beginning of a valid document is valid") {
  const std::string text = R"({"a":[1,-2.5e+3,"x\u00e9\\",true,false,null,{"b":{}}],"c":""})";
  REQUIRE(json::valid(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    INFO(text.substr(0, i));
    CHECK_FALSE(json::valid(std::string(text.substr(0, i)))); // a copy of its own, so that reading beyond it is found
  }
}

TEST_CASE("json: depth counts arrays and objects") {
  for (std::size_t limit : {0u, 1u, 2u, 63u, 64u, 65u, 200u}) {
    CHECK(json::valid("1", limit));
    CHECK(json::valid(nested(limit, '[', "1", ']'), limit));
    CHECK_FALSE(json::valid(nested(limit + 1, '[', "", ']'), limit));
    if (limit > 0) {
      CHECK(json::valid(nested(limit, '{', "", '}'), limit));
      CHECK_FALSE(json::valid(nested(limit + 1, '{', "", '}'), limit));
    }
  }
  CHECK(json::valid("[{},{},[[]],[[]]]", 3));
  CHECK(json::valid(nested(64, '[', "", ']')));
  CHECK_FALSE(json::valid(nested(65, '[', "", ']')));
}

TEST_CASE("json: depth has a ceiling, and a million brackets are no problem") {
  CHECK(json::valid(nested(1024, '[', "", ']'), 1'000'000));
  CHECK_FALSE(json::valid(nested(1025, '[', "", ']'), 1'000'000));
  CHECK_FALSE(json::valid(std::string(1'000'000, '['), 1'000'000));
}

TEST_CASE("json: containers of both kinds close in their own order") {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::string open, close;
    for (int i = 0; i < 60; ++i) {
      const bool object = random() % 2;
      open += object ? "{\"k\":" : "[";
      close.insert(0, 1, object ? '}' : ']');
    }
    REQUIRE(json::valid(open + "1" + close));
    auto& wrong = close[random() % close.size()];
    wrong = wrong == '}' ? ']' : '}';
    REQUIRE_FALSE(json::valid(open + "1" + close));
  }
}

TEST_CASE("json: strings stop right wherever their end falls in a word") {
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string inner(length, 'x');
    CHECK(json::valid("\"" + inner + "\""));
    CHECK_FALSE(json::valid("\"" + inner));
    CHECK_FALSE(json::valid("\"" + inner + "\x1f\""));
    CHECK(json::valid("\"" + inner + "\\n\xc3\xa9" + inner + "\""));
    CHECK_FALSE(json::valid("\"" + inner + "\xc3\""));
  }
}

TEST_CASE("json: valid agrees with nlohmann") {
  std::mt19937 random(1);
  int accepted = 0;
  for (int i = 0; i < 60'000; ++i) {
    const auto text = random_text(random);
    if (has_big_exponent(text))
      continue;
    INFO(text);
    const bool expected = nlohmann::json::accept(text);
    accepted += expected;
    REQUIRE(json::valid(text) == expected);
  }
  CHECK(accepted > 1'000); // else the generator has gone astray
}

TEST_CASE("json: valid agrees with nlohmann on broken documents") {
  std::mt19937 random(2);
  for (int i = 0; i < 10'000; ++i) {
    auto text = random_value(random, 4);
    INFO(text);
    REQUIRE(json::valid(text));
    REQUIRE(nlohmann::json::accept(text));
    text[random() % text.size()] = static_cast<char>("[]{},:\"\\0-e. x\x80\x1f"[random() % 16]);
    INFO(text);
    if (!has_big_exponent(text))
      REQUIRE(json::valid(text) == nlohmann::json::accept(text));
  }
}
