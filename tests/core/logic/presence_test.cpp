#include "stage.hpp"

using namespace troupe::logic;

TEST_CASE("presence: watching users") {
  stage on;
  on.settings.limits.max_watched_users = 3;
  check_all(on, {
    {"presence:subscribe", R"([["bob","cid"]])", "watch [bob,cid]"},
    {"presence:subscribe", R"([["cid","bob","cid"]])", "watch [bob,cid]"},
    {"presence:subscribe", R"(["bob"])", "watch [bob]"},
    {"presence:subscribe", "[[]]", "watch []"},
    {"presence:subscribe", R"([[1,2,"x"]])", "watch [1,2,x]"},
    {"presence:subscribe", "[]", R"(refuse missing_field: "userIds" is missing)"},
    {"presence:subscribe", R"([{"users":["bob"]}])", R"(refuse invalid_payload: "userIds" must be a string)"},
    {"presence:subscribe", R"([["bob",null]])", R"(refuse invalid_payload: "userIds" must be a string)"},
    {"presence:subscribe", R"([["bob",""]])", R"(refuse invalid_payload: "userIds" must not be empty)"},
    {"presence:subscribe", R"([["a","b","c","d"]])",
     "refuse too_many_watched_users: one connection may watch 3 users at most"},
    {"presence:unsubscribe", R"([["bob","cid"]])", R"(unwatch [bob,cid]; reply <{"ok":true}>)"},
    {"presence:unsubscribe", "[]", R"(refuse missing_field: "userIds" is missing)"},
  });
}

TEST_CASE("presence: one's own status") {
  stage on;
  check_all(on, {
    {"presence:status", R"(["away"])", R"(status away; reply <{"ok":true}>)"},
    {"presence:status", R"([{"status":"in a meeting"}])", R"(status in a meeting; reply <{"ok":true}>)"},
    {"presence:status", "[]", R"(refuse missing_field: "status" is missing)"},
    {"presence:status", "[{}]", R"(refuse missing_field: the object has no member "status")"},
    {"presence:status", R"([""])", R"(refuse invalid_payload: "status" must not be empty)"},
    {"presence:status", R"(["offline"])",
     R"(refuse invalid_payload: "offline" is what others see when the last connection is gone; choose another status)"},
  });
  const std::string args = "[\"" + std::string(65, 'x') + "\"]";
  CHECK(on.send("presence:status", args) == R"(refuse name_too_long: "status" is longer than 64 bytes)");
}

TEST_CASE("typing in a joined room") {
  stage on;
  check_all(on, {
    {"typing", R"([{"room":"lobby","typing":true}])", R"(typing lobby on; reply <{"ok":true}>)"},
    {"typing", R"([{"room":"lobby"}])", R"(typing lobby on; reply <{"ok":true}>)"},
    {"typing", R"([{"room":"lobby","typing":false}])", R"(typing lobby off; reply <{"ok":true}>)"},
    {"typing", R"([{"room":"lobby","typing":"yes"}])", R"(refuse invalid_payload: "typing" must be true or false)"},
    {"typing", R"([{"typing":true}])", R"(refuse missing_field: "room" is missing)"},
    {"typing", R"(["lobby"])", "refuse invalid_payload: the first argument must be an object"},
    {"typing", R"([{"room":"other"}])", R"(refuse not_in_room: you are not in the room "other"; join it first)"},
  });
}
