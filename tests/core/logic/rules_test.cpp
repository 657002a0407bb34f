#include "stage.hpp"

using namespace troupe::logic;

namespace {

event_rule rule_called(const char* name) {
  event_rule rule;
  rule.name = name;
  return rule;
}

} // namespace

TEST_CASE("a rule with nothing but a name publishes to the members of the room") {
  stage on;
  on.rules = {rule_called("reaction")};
  check_all(on, {
    {"reaction", R"([{"room":"lobby","emoji":"+1"}])",
     R"(publish lobby reaction <{"room":"lobby","emoji":"+1","from":"ann"> stamp ack members)"},
    {"reaction", R"([{"room":"lobby","id":"r1"}])",
     R"(publish lobby reaction <{"room":"lobby","id":"r1","from":"ann"> stamp id=r1 ack members)"},
    {"reaction", R"([{ "from" : "eve", "room" : "lobby", "ts":1, "s\u0065q":2, "x" : { "from":"kept" } }])",
     R"(publish lobby reaction <{"room":"lobby","x":{ "from":"kept" },"from":"ann"> stamp ack members)"},
    {"reaction", "[]", "refuse invalid_payload: the first argument must be an object"},
    {"reaction", "[{}]", R"(refuse missing_field: "room" is missing)"},
    {"reaction", R"([{"room":"lobby"},2])", R"(refuse invalid_payload: "reaction" takes one argument, an object)"},
    {"reaction", R"([{"room":[]}])", R"(refuse invalid_payload: "room" must be a string)"},
  });
  on.socket.who.permissions = {"room:lobby"};
  CHECK(on.send("reaction", R"([{"room":"other"}])")
        == R"(refuse not_permitted: your token does not allow the room "other")");
}

TEST_CASE("a rule's options for rooms") {
  stage on;
  event_rule rule = rule_called("move");
  rule.emit = "moved";
  rule.target_field = "board";
  rule.members_only = false;
  rule.include_sender = true;
  rule.is_volatile = true;
  rule.require = {"x", "y"};
  rule.log_topic = "moves";
  on.rules = {rule};
  check_all(on, {
    {"move", R"([{"board":"b","x":1,"y":null}])",
     R"(publish b moved <{"board":"b","x":1,"y":null,"from":"ann"> stamp self volatile ack; record moves {"event":"move","userId":"ann","socketId":"S","nsp":"/","ts":1000,"data":{"board":"b","x":1,"y":null}})"},
    {"move", R"([{"board":"b","x":1}])", R"(refuse missing_field: "y" is missing)"},
    {"move", R"([{"room":"b","x":1,"y":2}])", R"(refuse missing_field: "board" is missing)"},
  });
}

TEST_CASE("a rule demands how safe its messages must be") {
  stage on;
  event_rule rule = rule_called("order");
  rule.level = "replicated";
  on.rules = {rule};
  CHECK(on.send("order", R"([{"room":"lobby"}])") == R"(publish lobby order <{"room":"lobby","from":"ann"> stamp ack members level=replicated)");
}

TEST_CASE("a rule without stamp passes its arguments through") {
  stage on;
  event_rule rule = rule_called("cursor");
  rule.stamp = false;
  on.rules = {rule};
  on.attachments = {"bytes"};
  CHECK(on.send("cursor", R"([{"room":"lobby","from":"me"},1,{"_placeholder":true,"num":0}])")
        == R"(publish lobby cursor <{"room":"lobby","from":"me"},1,{"_placeholder":true,"num":0}> +1 ack members)");
}

TEST_CASE("a rule to a user is a direct message") {
  stage on;
  event_rule rule = rule_called("call:invite");
  rule.to = "user";
  on.rules = {rule};
  check_all(on, {
    {"call:invite", R"([{"to":"bob","offer":"sdp"}])",
     R"(direct bob call:invite <{"to":"bob","offer":"sdp","from":"ann","id":"S.1"> id=S.1 ack)"},
    {"call:invite", R"([{"id":5,"to":"bob"}])", R"(direct bob call:invite <{"to":"bob","from":"ann","id":"5"> id=5 ack)"},
    {"call:invite", R"([{"offer":"sdp"}])", R"(refuse missing_field: "to" is missing)"},
  });
}

TEST_CASE("rules to the sender, to the namespace and to nobody") {
  stage on;
  event_rule echo = rule_called("echo");
  echo.to = "sender";
  event_rule shout = rule_called("shout");
  shout.to = "namespace";
  shout.emit = "shouted";
  shout.is_volatile = true;
  event_rule audit = rule_called("audit");
  audit.to = "none";
  audit.log_topic = "audit";
  on.rules = {echo, shout, audit};
  check_all(on, {
    {"echo", "[{}]", R"(emit echo <{"from":"ann","ts":1000}>; reply <{"ok":true}>)"},
    {"shout", R"([{"text":"hey","ts":0}])",
     R"(broadcast [] but [] shouted <{"text":"hey","from":"ann","ts":1000}> volatile; reply <{"ok":true}>)"},
    {"shout", R"(["hey"])", "refuse invalid_payload: the first argument must be an object"},
    {"audit", R"(["login",2])",
     R"(reply <{"ok":true}>; record audit {"event":"audit","userId":"ann","socketId":"S","nsp":"/","ts":1000,"data":"login"})"},
    {"audit", "[]",
     R"(reply <{"ok":true}>; record audit {"event":"audit","userId":"ann","socketId":"S","nsp":"/","ts":1000,"data":null})"},
  });
}

TEST_CASE("a rule says who may send") {
  stage on;
  event_rule rule = rule_called("announce");
  rule.to = "namespace";
  rule.roles = {"teacher", "head"};
  rule.permissions = {"announce", "loud"};
  on.rules = {rule};
  CHECK(on.send("announce", "[{}]") == R"(refuse not_permitted: your token has none of the roles that "announce" needs)");
  on.socket.who.roles = {"user", "head"};
  on.socket.who.permissions = {"announce"};
  CHECK(on.send("announce", "[{}]")
        == R"(refuse not_permitted: your token lacks the permission "loud" that "announce" needs)");
  on.socket.who.permissions = {"loud", "announce"};
  CHECK(on.send("announce", "[{}]")
        == R"(broadcast [] but [] announce <{"from":"ann","ts":1000}>; reply <{"ok":true}>)");
  on.socket.who.roles = {"admin"};
  CHECK(on.send("announce", "[{}]") == R"(refuse not_permitted: your token has none of the roles that "announce" needs)");
}
