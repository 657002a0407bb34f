#include "backends/auth/anonymous_authenticator.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <set>

using namespace troupe;

namespace {

result<identity> connect(std::string auth, std::string authorization = "") {
  auth::anonymous_authenticator everybody{{"user", "guest"}};
  return everybody.authenticate({auth, authorization, 0});
}

bool is_random(const std::string& id) {
  return id.starts_with("anon-") && id.size() == 5 + 12;
}

} // namespace

TEST_CASE("in anonymous mode a client is who it says") {
  auto name = GENERATE("userId", "user_id", "username");
  auto who = connect(std::string{"{\""} + name + R"(":"ann"})");
  REQUIRE(who.has_value());
  CHECK(who->user_id == "ann");
  CHECK(who->anonymous);
  CHECK(who->roles == std::vector<std::string>{"user", "guest"});
  CHECK(who->permissions.empty());
  CHECK_FALSE(who->expires.has_value());
}

TEST_CASE("the first usable name wins") {
  CHECK(connect(R"({"username":"c","user_id":"b","userId":"a"})")->user_id == "a");
  CHECK(connect(R"({"userId":"","user_id":7})")->user_id == "7");
}

TEST_CASE("who says nothing usable gets a random name") {
  auto auth = GENERATE(
    as<std::string>{}, "", "{}", R"({"userId":""})", R"({"userId":"a\u0000b"})", R"({"userId":["ann"]})",
    R"({"userId":")" + std::string(129, 'x') + "\"}", R"({"username":"line\nbreak"})");
  CAPTURE(auth);
  auto who = connect(auth);
  if (auth.find("u0000") == std::string::npos) {
    REQUIRE(who.has_value());
    CHECK(is_random(who->user_id));
  } else {
    CHECK((!who || is_random(who->user_id)));
  }
}

TEST_CASE("random names differ") {
  std::set<std::string> names;
  for (int i = 0; i < 1'000; ++i)
    names.insert(connect("{}")->user_id);
  CHECK(names.size() == 1'000);
}

TEST_CASE("tokens and roles in the payload mean nothing in anonymous mode") {
  auto who =
    connect(R"({"token":"a.b.c","userId":"eve","role":"admin","roles":["admin"],"tenantId":"acme"})", "Bearer x.y.z");
  REQUIRE(who.has_value());
  CHECK(who->roles == std::vector<std::string>{"user", "guest"});
  CHECK(who->tenant_id.empty());
}

TEST_CASE("a payload that is no object is refused") {
  auto refused = connect(GENERATE("[]", "\"ann\"", "{"));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "invalid_auth");
}
