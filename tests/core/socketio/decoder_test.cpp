#include "core/socketio/decoder.hpp"

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace troupe;
using namespace std::string_literals;
using socketio::packet;
using socketio::packet_type;

namespace {

limits defaults;

packet decoded(std::string_view text) {
  socketio::decoder d(defaults);
  auto r = d.on_message(text, false);
  INFO(text << " -> " << (r ? "" : r.error().message));
  REQUIRE(r.has_value());
  REQUIRE(*r);
  return std::move(**r);
}

bool refused(std::string_view text) {
  socketio::decoder d(defaults);
  const auto r = d.on_message(text, false);
  if (!r)
    CHECK(r.error().code == "parse_error");
  return !r;
}

/// The refusal's sentence of a message that must be refused by decoder `d`.
std::string refusal(socketio::decoder& d, std::string_view bytes, bool binary) {
  const auto r = d.on_message(bytes, binary);
  REQUIRE_FALSE(r.has_value());
  CHECK(r.error().code == "parse_error");
  return r.error().message;
}

void no_packet_yet(socketio::decoder& d, std::string_view bytes, bool binary) {
  const auto r = d.on_message(bytes, binary);
  REQUIRE(r.has_value());
  REQUIRE_FALSE(*r);
}

} // namespace

TEST_CASE("socketio decoder: every type") {
  CHECK(decoded("0") == packet{.type = packet_type::connect});
  CHECK(decoded("0{\"token\":\"abc\"}") == packet{.type = packet_type::connect, .data = "{\"token\":\"abc\"}"});
  CHECK(decoded("1") == packet{.type = packet_type::disconnect});
  CHECK(decoded("2[\"hi\",1]") == packet{.data = "[\"hi\",1]"});
  CHECK(decoded("312[]") == packet{.type = packet_type::ack, .id = 12, .data = "[]"});
  CHECK(decoded("4{\"message\":\"no\"}") == packet{.type = packet_type::connect_error, .data = "{\"message\":\"no\"}"});
}

TEST_CASE("socketio decoder: namespaces and ack ids") {
  CHECK(decoded("2/custom,[\"a\"]") == packet{.nsp = "/custom", .data = "[\"a\"]"});
  CHECK(decoded("2/custom,7[\"a\"]") == packet{.nsp = "/custom", .id = 7, .data = "[\"a\"]"});
  CHECK(decoded("20[\"a\"]").id == 0);
  CHECK(decoded("2007[\"a\"]").id == 7);
  CHECK(decoded("2999999999999999999[\"a\"]").id == 999999999999999999u);
  CHECK(refused("21000000000000000000[\"a\"]"));
  CHECK(decoded("0/custom").nsp == "/custom");
  CHECK(decoded("0/custom,").nsp == "/custom");
  CHECK(decoded("0/,{}") == packet{.type = packet_type::connect, .data = "{}"});
  CHECK(decoded("1/,").nsp == "/");
  CHECK(decoded("0/custom?x=1,").nsp == "/custom?x=1");
  CHECK(decoded("2/a/b,[\"x\"]").nsp == "/a/b");
  CHECK(decoded("1/caf\xc3\xa9,").nsp == "/caf\xc3\xa9");
  CHECK(refused("1/a\0b,"s));
  CHECK(refused("1/a\x1e"
                "b,"));
  CHECK(refused("1/\xff,"));
}

TEST_CASE("socketio decoder: data is passed on as it is written") {
  const auto data = R"(["a", {"z":1,"a":2, "a":1.50} ,1e2,"\u00e9"])";
  CHECK(decoded("2"s + data).data == data);
  CHECK(decoded("2 [\"x\"] ") == packet{.data = "[\"x\"]"}); // white space around it belongs to nobody
}

TEST_CASE("socketio decoder: packets without data") {
  CHECK(decoded("2") == packet{});
  CHECK(decoded("25") == packet{.id = 5});
  CHECK(decoded("2/a,").data.empty());
  CHECK(decoded("3").data.empty());
  CHECK(decoded("33") == packet{.type = packet_type::ack, .id = 3});
}

TEST_CASE("socketio decoder: what Node refuses is refused") {
  for (const auto& text : {
         "",
         "7",
         "8[]",
         "9",
         "x",
         "-1",
         " 2[\"a\"]",
         "2[]",
         "2[null]",
         "2[true]",
         "2[{}]",
         "2[[\"a\"]]",
         "2{}",
         "2\"a\"",
         "2null",
         "2[\"a\"",
         "2[\"a\"]]",
         "2[\"a\"]x",
         "2[\"a\"] []",
         "2-1[\"a\"]",
         "2[\"a\",]",
         "2['a']",
         "2[\"a\",NaN]",
         "20x[\"a\"]",
         "2\xc2\xa0[\"a\"]",
         "2[\"\xff\"]",
         "0[]",
         "0\"s\"",
         "0null",
         "01{}x",
         "0{\"a\"}",
         "0/a,[]",
         "1{}",
         "1[]",
         "1null",
         "3{}",
         "30{}",
         "3\"a\"",
         "30null",
         "3[",
         "4",
         "4[]",
         "4null",
         "41",
         "45",
         "5[\"a\"]",
         "5-[\"a\"]",
         "50-[\"a\"]",
         "5",
         "51",
         "51[\"a\"]",
         "5abc-[\"a\"]",
         "5-1-[\"a\"]",
         "51.0-[\"a\"]",
         "5 1-[\"a\"]",
         "511-[\"a\"]",
         "59999999999-[\"a\"]",
         "60-[]",
         "6[]",
         "51-{}",
         "51-[]",
         "61-{}",
       }) {
    INFO(text);
    CHECK(refused(text));
  }
}

TEST_CASE("socketio decoder: event names") {
  CHECK(decoded("2[1,\"x\"]").data == "[1,\"x\"]");
  CHECK(decoded("2[\"\"]").data == "[\"\"]");
  CHECK(decoded("2[\"error\"]").data == "[\"error\"]");
  CHECK(decoded("2[\"Connect\"]").data == "[\"Connect\"]");
  for (auto name :
       {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener", "\\u0063onnect"}) {
    INFO(name);
    CHECK(refused("2[\""s + name + "\"]"));
    CHECK(refused("2/a,7[ \""s + name + "\" ,1]"));
    CHECK_FALSE(refused("30[\""s + name + "\"]"));
  }
}

TEST_CASE("socketio decoder: the event name's limit counts unescaped bytes") {
  limits l;
  l.max_event_name_bytes = 8;
  socketio::decoder d(l);
  CHECK(d.on_message("2[\"12345678\"]", false).has_value());
  CHECK(d.on_message("2[\"\\u0031\\u0032345678\"]", false).has_value());
  CHECK(refusal(d, "2[\"123456789\"]", false).find("max_event_name_bytes") != std::string::npos);
  CHECK(d.on_message("2[\"\xe2\x82\xac\xe2\x82\xac\xc3\xa9\"]", false).has_value());
  CHECK(refusal(d, "2[\"\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\"]", false).size() > 20);
}

TEST_CASE("socketio decoder: nesting has a limit") {
  limits l;
  l.max_json_depth = 3;
  socketio::decoder d(l);
  CHECK(d.on_message("2[\"a\",[[1]]]", false).has_value());
  CHECK(refusal(d, "2[\"a\",[[[1]]]]", false).find("max_json_depth") != std::string::npos);
  CHECK(refused("2[\"a\","s + std::string(900'000, '[')));
}

TEST_CASE("socketio decoder: a binary packet waits for its attachments") {
  socketio::decoder d(defaults);
  no_packet_yet(d, R"(52-/n,3["b",{"_placeholder":true,"num":0},{"x":{"_placeholder":true,"num":1}}])", false);
  no_packet_yet(d, "one", true);
  const auto r = d.on_message("t\0o"s, true);
  REQUIRE(r.has_value());
  REQUIRE(*r);
  CHECK(
    **r
    == packet{
      .nsp = "/n",
      .id = 3,
      .data = R"(["b",{"_placeholder":true,"num":0},{"x":{"_placeholder":true,"num":1}}])",
      .attachments = {"one", "t\0o"s}});
  CHECK(d.on_message("2[\"next\"]", false).has_value());
}

TEST_CASE("socketio decoder: an ack may carry attachments") {
  socketio::decoder d(defaults);
  no_packet_yet(d, R"(61-7[{"_placeholder":true,"num":0}])", false);
  const auto r = d.on_message("", true);
  REQUIRE((r && *r));
  CHECK((*r)->type == packet_type::ack);
  CHECK((*r)->id == 7);
  CHECK((*r)->attachments == std::vector<std::string>{""});
}

TEST_CASE("socketio decoder: messages in the wrong order") {
  socketio::decoder d(defaults);
  REQUIRE(d.on_message("0", false).has_value());
  CHECK(refusal(d, "abc", true).find("announced") != std::string::npos);
  no_packet_yet(d, R"(52-["b",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])", false);
  no_packet_yet(d, "one", true);
  CHECK(refusal(d, "2[\"a\"]", false).find("attachment was due") != std::string::npos);
  CHECK(refusal(d, "two", true).find("announced") != std::string::npos); // the broken packet is forgotten
}

TEST_CASE("socketio decoder: placeholders point at attachments") {
  auto verdict = [](const std::string& text) { return !refused(text); };
  CHECK(verdict(R"(52-["b",{"_placeholder":true,"num":1},{"_placeholder":true,"num":1}])")); // twice, and one unused
  CHECK(verdict(R"(51-["b"])"));
  CHECK(verdict(R"(51-["b",{"num":0,"_placeholder":true,"more":[1]}])"));
  CHECK(verdict(R"(51-["b",{"_placeholder":false,"num":9}])"));
  CHECK(verdict(R"(51-["b",{"_placeholder":"true","num":9},{"_placeholder":1}])"));
  CHECK(verdict(R"(51-["b",{"_placeholder":true,"num":5,"num":0}])"));
  CHECK(verdict(R"(51-["b",{"_placeholder":{"_placeholder":true,"num":0},"num":9}])"));
  for (auto placeholder :
       {R"({"_placeholder":true,"num":1})", R"({"_placeholder":true,"num":-1})", R"({"_placeholder":true})",
        R"({"_placeholder":true,"num":"0"})", R"({"_placeholder":true,"num":0.5})",
        R"({"_placeholder":true,"num":null})", R"({"_placeholder":true,"num":[0]})",
        R"({"\u005fplaceholder":true,"num":7})", R"({"num":0,"_placeholder":true,"num":{}})",
        R"({"_placeholder":true,"num":99999999999999999999})", R"([[{"deep":{"_placeholder":true,"num":1}}]])"}) {
    INFO(placeholder);
    CHECK_FALSE(verdict("51-[\"b\","s + placeholder + "]"));
    CHECK(verdict("2[\"b\","s + placeholder + "]")); // without attachments it is data like any other
  }
}

TEST_CASE("socketio decoder: the number of attachments has a limit") {
  limits l;
  l.max_attachments = 2;
  socketio::decoder d(l);
  no_packet_yet(d, "52-[\"b\"]", false);
  socketio::decoder e(l);
  CHECK(refusal(e, "53-[\"b\"]", false).find("max_attachments") != std::string::npos);
  CHECK_FALSE(refused("510-[\"b\"]"));
}

TEST_CASE("socketio decoder: one attachment cannot be named without end") {
  std::string data = "[\"b\"";
  for (int i = 0; i < 10; ++i)
    data += R"(,{"_placeholder":true,"num":0})";
  CHECK_FALSE(refused("51-" + data + "]"));
  CHECK(refused("51-" + data + R"(,{"_placeholder":true,"num":0}])"));
}

TEST_CASE("socketio decoder: the first message decides the parser") {
  socketio::decoder json(defaults), msgpack(defaults);
  CHECK(json.on_message("0", false).has_value());
  CHECK(json.format() == socketio::parser::json);
  const auto connect = "\x82\xa4type\x00\xa3nsp\xa1/"s;
  CHECK(msgpack.on_message(connect, true).has_value());
  CHECK(msgpack.format() == socketio::parser::msgpack);
  CHECK(refusal(msgpack, "2[\"a\"]", false).find("msgpack") != std::string::npos);
}

TEST_CASE("socketio decoder: is small") {
  STATIC_CHECK(sizeof(socketio::decoder) <= 32);
}
