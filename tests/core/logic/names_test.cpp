#include "stage.hpp"

using namespace troupe::logic;

namespace {

std::string first_problem(const name_map& names) {
  const auto problems = validate_names(names, 20);
  return problems.empty() ? "" : problems.front().field + ": " + problems.front().message;
}

} // namespace

TEST_CASE("events answer to the names in use only") {
  stage on;
  on.names = {{"join_room", "room:join"}, {"typing", ""}, {"message:new", "dm"}, {"new_message", "chat"}};
  check_all(on, {
    {"room:join", R"(["a"])", "join a announce ack"},
    {"join_room", R"(["a"])", R"(refuse unknown_event: this server has no event "join_room" in this namespace)"},
    {"typing", R"([{"room":"lobby"}])", R"(refuse unknown_event: this server has no event "typing" in this namespace)"},
    {"", "[]", R"(refuse unknown_event: this server has no event "" in this namespace)"},
    {"message:send", R"([{"to":"bob","content":1}])",
     R"(direct bob dm <{"id":"S.1","from":"ann","to":"bob","content":1> id=S.1 ack)"},
    {"chat:message", R"([{"room":"lobby","message":1}])",
     R"(publish lobby chat <{"from":"ann","room":"lobby","message":1,"timestamp":1000> stamp ack members)"},
  });
}

TEST_CASE("unknown events are refused only to those who asked for an ack") {
  stage on;
  CHECK(on.send("nope", "[]") == R"(refuse unknown_event: this server has no event "nope" in this namespace)");
  on.wants_ack = false;
  CHECK(on.send("nope", "[1]") == R"(ignore unknown_event: this server has no event "nope" in this namespace)");
  CHECK(on.send("join_room", "[]") == R"(refuse missing_field: "room" is missing)");
}

TEST_CASE("names in the configuration are checked") {
  CHECK(first_problem({}).empty());
  CHECK(first_problem({{"typing", ""}, {"join_room", "enter"}, {"new_message", "new"}}).empty());
  CHECK(first_problem({{"join_room", "leave_room"}, {"leave_room", "join_room"}}).empty());
  CHECK(first_problem({{"join_rom", "x"}}).starts_with("join_rom: \"join_rom\" is no built-in event; there are join_room,"));
  CHECK(first_problem({{"typing", "disconnect"}}) == "typing: \"disconnect\" is reserved by Socket.IO; choose another name");
  CHECK(first_problem({{"typing", "a name of more than 20 bytes"}})
        == "typing: the name is longer than limits.max_event_name_bytes (20)");
  CHECK(first_problem({{"join_room", "typing"}}) == "join_room: \"typing\" would mean both join_room and typing");
  CHECK(first_problem({{"typing", "join_room"}}) == "typing: \"join_room\" would mean both join_room and typing");
  CHECK(first_problem({{"message:new", ""}}).starts_with("message:new: \"message:new\" is emitted by another event"));
}
