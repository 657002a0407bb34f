#include "core/socketio/placeholders.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using socketio::renumbered;

TEST_CASE("attachments behind others have higher numbers", "[socketio]") {
  const auto moved = [](std::string json, std::uint64_t before) { return renumbered({std::move(json), {"a", "b"}}, before); };
  CHECK(moved(R"({"_placeholder":true,"num":0})", 3) == R"({"_placeholder":true,"num":3})");
  CHECK(moved(R"(1,[{"num": 1 , "_placeholder" :true}],"x")", 9) == R"(1,[{"num": 10 , "_placeholder" :true}],"x")");
  CHECK(moved(R"({"a":{"_placeholder":true,"num":0},"b":{"_placeholder":true,"num":1}})", 10)
        == R"({"a":{"_placeholder":true,"num":10},"b":{"_placeholder":true,"num":11}})");
  CHECK(moved(R"({"_placeholder":true,"num":0,"in":{"_placeholder":true,"num":1}})", 1)
        == R"({"_placeholder":true,"num":1,"in":{"_placeholder":true,"num":2}})");
  SECTION("and what only looks like a placeholder stays as it is") {
    for (const std::string text : {R"({"num":7})", R"({"_placeholder":false,"num":0})", R"("{\"_placeholder\":true,\"num\":0}")", R"({"_placeholder":true})", ""})
      CHECK(moved(text, 5) == text);
  }
  SECTION("and nothing changes where nothing stands before") {
    CHECK(moved(R"({"_placeholder":true,"num":1})", 0) == R"({"_placeholder":true,"num":1})");
    CHECK(renumbered({R"({"_placeholder":true,"num":1})", {}}, 4) == R"({"_placeholder":true,"num":1})");
  }
}
