#include "stage.hpp"

using namespace troupe::logic;

TEST_CASE("message:send to a user") {
  stage on;
  check_all(on, {
    {"message:send", R"([{"to":"bob","content":"hi"}])",
     R"(direct bob message:new <{"id":"S.1","from":"ann","to":"bob","content":"hi"> id=S.1 ack)"},
    {"message:send", R"([{"to":"bob","content":{"a":[1, 2.50]},"id":"m1"}])",
     R"(direct bob message:new <{"id":"m1","from":"ann","to":"bob","content":{"a":[1, 2.50]}> id=m1 ack)"},
    {"message:send", R"([{"to":7,"content":null,"id":8}])",
     R"(direct 7 message:new <{"id":"8","from":"ann","to":"7","content":null> id=8 ack)"},
    {"message:send", R"([{"to":"b\"ob","content":""}])",
     R"(direct b"ob message:new <{"id":"S.1","from":"ann","to":"b\"ob","content":""> id=S.1 ack)"},
  });
}

TEST_CASE("message:send to a room") {
  stage on;
  check_all(on, {
    {"message:send", R"([{"room":"lobby","content":"hi"}])",
     R"(publish lobby message:new <{"id":"S.1","from":"ann","room":"lobby","content":"hi"> stamp id=S.1 ack members confirm)"},
    {"message:send", R"([{"content":"hi","id":"m1","room":"lobby","to":null}])",
     R"(publish lobby message:new <{"id":"m1","from":"ann","room":"lobby","content":"hi"> stamp id=m1 ack members confirm)"},
  });
}

TEST_CASE("message:send refuses bad input") {
  stage on;
  on.settings.limits.max_room_name_bytes = 8;
  const std::string long_id(129, 'x');
  check_all(on, {
    {"message:send", "[]", "refuse invalid_payload: the first argument must be an object"},
    {"message:send", R"(["hi"])", "refuse invalid_payload: the first argument must be an object"},
    {"message:send", R"([[{"to":"bob"}]])", "refuse invalid_payload: the first argument must be an object"},
    {"message:send", R"([{"to":"bob"}])", R"(refuse missing_field: "content" is missing)"},
    {"message:send", R"([{"content":1}])", R"(refuse missing_field: the message has neither "to" (a user) nor "room")"},
    {"message:send", R"([{"content":1,"to":"a","room":"b"}])",
     R"(refuse invalid_payload: give either "to" (a user) or "room", not both)"},
    {"message:send", R"([{"content":1,"to":["a"]}])", R"(refuse invalid_payload: "to" must be a string)"},
    {"message:send", R"([{"content":1,"to":""}])", R"(refuse invalid_payload: "to" must not be empty)"},
    {"message:send", R"([{"content":1,"to":"123456789"}])", R"(refuse name_too_long: "to" is longer than 8 bytes)"},
    {"message:send", R"([{"content":1,"to":"a","id":true}])", R"(refuse invalid_payload: "id" must be a string)"},
    {"message:send", ("[{\"content\":1,\"to\":\"a\",\"id\":\"" + long_id + "\"}]").c_str(),
     R"(refuse name_too_long: "id" is longer than 128 bytes)"},
  });
}

TEST_CASE("chat:message") {
  stage on;
  check_all(on, {
    {"chat:message", R"([{"room":"lobby","message":"hi"}])",
     R"(publish lobby new_message <{"from":"ann","room":"lobby","message":"hi","timestamp":1000> stamp ack members)"},
    {"chat:message", R"([{"room":"lobby","message":"hi","id":"m1","from":"eve"}])",
     R"(publish lobby new_message <{"from":"ann","room":"lobby","message":"hi","timestamp":1000,"id":"m1"> stamp id=m1 ack members)"},
    {"chat:message", "[]", "refuse invalid_payload: the first argument must be an object"},
    {"chat:message", R"(["lobby","hi"])", "refuse invalid_payload: the first argument must be an object"},
    {"chat:message", R"([{"message":"hi"}])", R"(refuse missing_field: "room" is missing)"},
    {"chat:message", R"([{"room":"lobby"}])", R"(refuse missing_field: "message" is missing)"},
    {"chat:message", R"([{"room":{},"message":"hi"}])", R"(refuse invalid_payload: "room" must be a string)"},
  });
}

TEST_CASE("binary values travel with the message") {
  stage on;
  on.attachments = {"\x01\x02", "\x03"};
  const char* const file = R"([{"room":"lobby","to":null,"content":[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]}])";
  CHECK(on.send("message:send", file)
        == R"(publish lobby message:new <{"id":"S.1","from":"ann","room":"lobby","content":[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]> +2 stamp id=S.1 ack members confirm)");
}

TEST_CASE("generated message ids differ for every event") {
  stage on;
  builtin_logic logic(on.settings, {}, {});
  const auto first = describe(on.run(logic, "message:send", R"([{"to":"bob","content":1}])"));
  const auto second = describe(on.run(logic, "message:send", R"([{"to":"bob","content":1}])"));
  CHECK(first.find("id=S.1 ") != first.npos);
  CHECK(second.find("id=S.2 ") != second.npos);
}

TEST_CASE("publish needs the role producer") {
  stage on;
  const char* const refusal = R"(refuse not_permitted: the event "publish" needs a token with the role "producer")";
  CHECK(on.send("publish", R"([{"room":"x","event":"e","data":1}])") == refusal);
  CHECK(on.send("publish", "[]") == refusal);
  on.socket.who.roles = {"admin"};
  CHECK(on.send("publish", R"([{"room":"x","event":"e","id":"1"}])") == "publish x e <> id=1 ack");
}

TEST_CASE("publish as a producer") {
  stage on;
  on.socket.who.roles = {"user", "producer"};
  on.settings.limits.max_event_name_bytes = 20;
  check_all(on, {
    {"publish", R"([{"room":"x","event":"zalo:message","data":{"b":1,"a":[]}}])",
     R"(publish x zalo:message <{"b":1,"a":[]}> id=S.1 ack)"},
    {"publish", R"([{"room":"x","event":"e","data":null,"id":"w-9"}])", "publish x e <null> id=w-9 ack"},
    {"publish", R"([{"room":"x","event":"e"}])", "publish x e <> id=S.1 ack"},
    {"publish", R"([{"event":"e","data":1}])", R"(refuse missing_field: "room" is missing)"},
    {"publish", R"([{"room":"x","data":1}])", R"(refuse missing_field: "event" is missing)"},
    {"publish", R"([{"room":"x","event":["e"]}])", R"(refuse invalid_payload: "event" must be a string)"},
    {"publish", R"([{"room":"x","event":"123456789012345678901"}])",
     R"(refuse name_too_long: "event" is longer than 20 bytes)"},
    {"publish", R"([{"room":"x","event":"connect"}])",
     R"(refuse reserved_event: "connect" is reserved by Socket.IO and cannot be sent as an event)"},
    {"publish", R"([{"room":"x","event":"newListener"}])",
     R"(refuse reserved_event: "newListener" is reserved by Socket.IO and cannot be sent as an event)"},
    {"publish", "[7]", "refuse invalid_payload: the first argument must be an object"},
  });
}
