#include "core/logic/validate_rules.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::logic;

namespace {

event_rule good() {
  event_rule rule;
  rule.name = "reaction";
  return rule;
}

std::string problem_of(const event_rule& rule) {
  const auto problems = validate(rule, 32);
  REQUIRE(problems.size() <= 1);
  return problems.empty() ? "" : problems[0].field + ": " + problems[0].message;
}

event_rule to(const char* where) {
  event_rule rule = good();
  rule.to = where;
  return rule;
}

} // namespace

TEST_CASE("rules that are right") {
  CHECK(problem_of(good()).empty());
  for (const char* where : {"room", "user", "sender", "namespace"})
    CHECK(problem_of(to(where)).empty());
  event_rule log_only = to("none");
  log_only.log_topic = "topic";
  CHECK(problem_of(log_only).empty());
}

TEST_CASE("every mistake in a rule has its sentence") {
  event_rule rule = good();
  rule.name = "";
  CHECK(problem_of(rule) == "name: a rule needs the name of the event that clients send");
  rule.name = "disconnect";
  CHECK(problem_of(rule) == "name: \"disconnect\" is reserved by Socket.IO; choose another name");
  rule.name = std::string(33, 'x');
  CHECK(problem_of(rule) == "name: the name is longer than limits.max_event_name_bytes (32)");
  rule = good();
  rule.emit = "connect";
  CHECK(problem_of(rule) == "emit: \"connect\" is reserved by Socket.IO; choose another name");
  rule = good();
  rule.level = "saved";
  CHECK(problem_of(rule) == "level: \"saved\" is unknown; expected home, stored or replicated");
  rule = to("user");
  rule.level = "stored";
  CHECK(problem_of(rule) == "level: only events to a room have a level; leave it out");
  CHECK(problem_of(to("rooms")) == "to: \"rooms\" is unknown; expected room, user, sender, namespace or none");
  CHECK(problem_of(to("none"))
        == "log_topic: with \"to: none\" and no log_topic the event would do nothing; give it a topic");
  rule = to("none");
  rule.log_topic = "t";
  rule.emit = "x";
  CHECK(problem_of(rule) == "emit: with \"to: none\" nothing is emitted; leave emit out");
  rule = to("namespace");
  rule.target_field = "room";
  CHECK(problem_of(rule) == "target_field: \"to: namespace\" has no target to name; leave target_field out");
  rule = to("user");
  rule.stamp = false;
  CHECK(problem_of(rule) == "stamp: an event to a user is always stamped; leave stamp out");
  rule = to("user");
  rule.is_volatile = true;
  CHECK(problem_of(rule) == "volatile: an event to a user waits while the user is away, so it cannot be volatile");
  rule = to("sender");
  rule.include_sender = true;
  CHECK(problem_of(rule) == "include_sender: only events to a room or to the namespace can include the sender");
  rule = good();
  rule.roles = {"a", ""};
  CHECK(problem_of(rule) == "roles: a role must not be empty");
  rule = good();
  rule.permissions = {""};
  CHECK(problem_of(rule) == "permissions: a permission must not be empty");
  rule = good();
  rule.require = {""};
  CHECK(problem_of(rule) == "require: a member's name must not be empty");
}

TEST_CASE("rules together and with the built-in events") {
  event_rule typing = good();
  typing.name = "typing";
  auto problems = validate_rules({good(), typing, good()}, {}, 32);
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].rule == 1);
  CHECK(problems[0].message == "\"typing\" is a built-in event; choose another name, or rename or switch off the built-in "
                               "one with events.names.typing");
  CHECK(problems[1].rule == 2);
  CHECK(problems[1].message == "rule 1 is called \"reaction\" already");
  CHECK(validate_rules({typing}, {{"typing", ""}}, 32).empty());
  CHECK(validate_rules({typing}, {{"typing", "typing2"}}, 32).empty());
  CHECK(validate_rules({good()}, {{"typing", "reaction"}}, 32).size() == 1);
}
