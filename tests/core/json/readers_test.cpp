#include "core/json/json_text.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace troupe;

namespace {

std::vector<std::string> elements(std::string_view array) {
  std::vector<std::string> out;
  json::array_reader r(array);
  while (auto e = r.next())
    out.emplace_back(*e);
  return out;
}

std::vector<std::string> members(std::string_view object) {
  std::vector<std::string> out;
  json::object_reader r(object);
  while (auto m = r.next())
    out.push_back(std::string(m->first) + "=" + std::string(m->second));
  return out;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("json: kind_of looks at the first character") {
  CHECK(json::kind_of(" null") == json::kind::null);
  CHECK(json::kind_of("\ntrue") == json::kind::boolean);
  CHECK(json::kind_of("false") == json::kind::boolean);
  CHECK(json::kind_of("-1") == json::kind::number);
  CHECK(json::kind_of("0") == json::kind::number);
  CHECK(json::kind_of("\"null\"") == json::kind::string);
  CHECK(json::kind_of(" [") == json::kind::array);
  CHECK(json::kind_of("{}") == json::kind::object);
}

TEST_CASE("json: array_reader gives elements as they stand") {
  CHECK(elements("[]") == texts{});
  CHECK(elements(" [ ] ") == texts{});
  CHECK(elements("[1]") == texts{"1"});
  CHECK(elements("[ 1 , \"a,]\" ,\n{ \"b\" : [1,2] } , [ ] ]") == texts{"1", "\"a,]\"", "{ \"b\" : [1,2] }", "[ ]"});
  CHECK(elements(R"(["\\","\"",null,-1.5e3])") == texts{R"("\\")", R"("\"")", "null", "-1.5e3"});
}

TEST_CASE("json: array_reader takes no other kind for an array") {
  for (auto text : {"", "{}", "{\"a\":1}", "\"[1]\"", "12", "null"})
    CHECK(elements(text) == texts{});
}

TEST_CASE("json: array_reader's rest is what follows the element just read") {
  json::array_reader r(R"( ["ev" , 1,{"a":2} ] )");
  CHECK(r.rest() == R"("ev" , 1,{"a":2})");
  REQUIRE(r.next() == "\"ev\"");
  CHECK(r.rest() == R"(1,{"a":2})");
  REQUIRE(r.next() == "1");
  CHECK(r.rest() == R"({"a":2})");
  REQUIRE(r.next() == R"({"a":2})");
  CHECK(r.rest().empty());
  CHECK_FALSE(r.next());
  CHECK(r.rest().empty());
}

TEST_CASE("json: object_reader gives raw keys and values") {
  CHECK(members("{}") == texts{});
  CHECK(
    members("{ \"a\" : 1 , \"b:,\":{\"c\":[]},\"\\u0061\" :\"}\" }")
    == texts{"\"a\"=1", "\"b:,\"={\"c\":[]}", "\"\\u0061\"=\"}\""});
  CHECK(members("[1,2]") == texts{});
  CHECK(members("") == texts{});
}

TEST_CASE("json: member finds the last member of that name") {
  CHECK(json::member(R"({"a":1,"b":{"a":2},"a":3})", "a") == "3");
  CHECK(json::member(R"({"a":1,"b":{"c":2}})", "c") == std::nullopt);
  CHECK(json::member(R"({"\u0061":7})", "a") == "7");
  CHECK(json::member(R"({"a\"b":7})", "a\"b") == "7");
  CHECK(json::member(R"({"":7})", "") == "7");
  CHECK(json::member("[1]", "a") == std::nullopt);
  CHECK(json::member("\"a\"", "a") == std::nullopt);
  CHECK(json::member("", "a") == std::nullopt);
}
