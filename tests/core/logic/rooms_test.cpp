#include "stage.hpp"

using namespace troupe::logic;

TEST_CASE("join_room and leave_room take a name or an object") {
  stage on;
  check_all(on, {
    {"join_room", R"(["a"])", "join a announce ack"},
    {"join_room", R"([{"room":"a"}])", "join a announce ack"},
    {"join_room", R"([{"roomId":"a"}])", "join a announce ack"},
    {"join_room", R"([{"roomId":17}])", "join 17 announce ack"},
    {"join_room", R"([17])", "join 17 announce ack"},
    {"join_room", R"(["ph\u00f2ng","x"])", "join phòng announce ack"},
    {"join_room", R"([{"room":"a","roomId":"b"}])", "join a announce ack"},
    {"leave_room", R"(["a"])", "leave a announce ack"},
    {"leave_room", R"([{"roomId":"a"}])", "leave a announce ack"},
  });
}

TEST_CASE("join_room and leave_room refuse what is no room name") {
  stage on;
  on.settings.limits.max_room_name_bytes = 8;
  check_all(on, {
    {"join_room", "[]", R"(refuse missing_field: "room" is missing)"},
    {"join_room", "[{}]", R"(refuse missing_field: the object has no member "room" or "roomId")"},
    {"join_room", "[null]", R"(refuse invalid_payload: "room" must be a string)"},
    {"join_room", R"([{"room":null}])", R"(refuse missing_field: "room" is missing)"},
    {"join_room", "[true]", R"(refuse invalid_payload: "room" must be a string)"},
    {"join_room", "[1.5]", R"(refuse invalid_payload: "room" must be a string)"},
    {"join_room", R"([["a"]])", R"(refuse invalid_payload: "room" must be a string)"},
    {"join_room", R"([{"room":{"x":1}}])", R"(refuse invalid_payload: "room" must be a string)"},
    {"join_room", R"([""])", R"(refuse invalid_payload: "room" must not be empty)"},
    {"join_room", R"(["a\u0000b"])", R"(refuse invalid_payload: "room" must not hold control characters)"},
    {"join_room", R"(["a\nb"])", R"(refuse invalid_payload: "room" must not hold control characters)"},
    {"join_room", R"(["12345678"])", "join 12345678 announce ack"},
    {"join_room", R"(["123456789"])", R"(refuse name_too_long: "room" is longer than 8 bytes)"},
    {"leave_room", R"(["123456789"])", R"(refuse name_too_long: "room" is longer than 8 bytes)"},
    {"leave_room", "[]", R"(refuse missing_field: "room" is missing)"},
  });
}

TEST_CASE("room:members lists a room for its members") {
  stage on;
  check_all(on, {
    {"room:members", R"(["lobby"])", "members of lobby 1000"},
    {"room:members", R"([{"room":"lobby"}])", "members of lobby 1000"},
    {"room:members", R"(["other"])", R"(refuse not_in_room: you are not in the room "other"; join it first)"},
    {"room:members", "[]", R"(refuse missing_field: "room" is missing)"},
  });
  on.socket.who.roles = {"admin"};
  CHECK(on.send("room:members", R"(["other"])") == "members of other 1000");
}

TEST_CASE("history asks what was said in a room, of its members") {
  stage on;
  check_all(on, {
    {"history", R"([{"room":"lobby"}])", "history of lobby 50"},
    {"history", R"([{"room":"lobby","limit":3}])", "history of lobby 3"},
    {"history", R"([{"room":"lobby","before":{"epoch":2,"seq":7}}])", "history of lobby 50 before 2-7"},
    {"history", R"([{"room":"lobby","after":{"seq":7,"args":[1],"epoch":2,"event":"x"},"limit":1000}])", "history of lobby 1000 after 2-7"},
    {"history", R"([{"room":"lobby","after":{"epoch":2}}])", R"(refuse invalid_payload: "after" must be an object with the integers "epoch" and "seq")"},
    {"history", R"([{"room":"lobby","before":7}])", R"(refuse invalid_payload: "before" must be an object with the integers "epoch" and "seq")"},
    {"history", R"([{"room":"lobby","before":{"epoch":-1,"seq":1}}])", R"(refuse invalid_payload: "before" must be an object with the integers "epoch" and "seq")"},
    {"history", R"([{"room":"lobby","before":{"epoch":1,"seq":1},"after":{"epoch":1,"seq":1}}])", R"(refuse invalid_payload: give either "before" or "after")"},
    {"history", R"([{"room":"lobby","limit":0}])", R"(refuse invalid_payload: "limit" must be 1 or more)"},
    {"history", R"([{"room":"lobby","limit":"x"}])", R"(refuse invalid_payload: "limit" must be an integer of 0 or more)"},
    {"history", R"([{"room":"other"}])", R"(refuse not_in_room: you are not in the room "other"; join it first)"},
    {"history", R"([{}])", R"(refuse missing_field: "room" is missing)"},
  });
  on.socket.who.roles = {"admin"};
  CHECK(on.send("history", R"([{"room":"other"}])") == "history of other 50");
}

TEST_CASE("a token with room permissions keeps to those rooms") {
  stage on;
  on.socket.who.permissions = {"reports", "room:lobby", "room:team-1-*"};
  check_all(on, {
    {"join_room", R"(["lobby"])", "join lobby announce ack"},
    {"join_room", R"(["team-1-a"])", "join team-1-a announce ack"},
    {"join_room", R"(["team-1-"])", "join team-1- announce ack"},
    {"join_room", R"(["team-10"])", R"(refuse not_permitted: your token does not allow the room "team-10")"},
    {"join_room", R"(["lobby2"])", R"(refuse not_permitted: your token does not allow the room "lobby2")"},
    {"leave_room", R"(["lobby2"])", "leave lobby2 announce ack"},
    {"chat:message", R"([{"room":"other","message":"x"}])",
     R"(refuse not_permitted: your token does not allow the room "other")"},
    {"message:send", R"([{"room":"other","content":"x"}])",
     R"(refuse not_permitted: your token does not allow the room "other")"},
  });
  on.socket.who.roles = {"admin"};
  CHECK(on.send("join_room", R"(["other"])") == "join other announce ack");
}

TEST_CASE("permissions without room: leave every room open") {
  stage on;
  on.socket.who.permissions = {"reports", "rooms:none"};
  CHECK(on.send("join_room", R"(["other"])") == "join other announce ack");
}

TEST_CASE("nobody joins the room of another socket") {
  stage on;
  // node 258, shard 1, slots 5 and 6; the last one is of another node
  on.socket.id = "AQIBAAAFAAAAAXh5enh5";
  CHECK(on.send("join_room", R"(["AQIBAAAGAAAAAXh5enh5"])")
        == "refuse not_permitted: a socket id cannot be used as a room");
  CHECK(on.send("join_room", R"(["AQIBAAAFAAAAAXh5enh5"])") == "join AQIBAAAFAAAAAXh5enh5 announce ack");
  CHECK(on.send("join_room", R"(["-NxY3kPq0aBcDeFgHiJk"])") == "join -NxY3kPq0aBcDeFgHiJk announce ack");
}
