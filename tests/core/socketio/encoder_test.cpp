#include "core/socketio/decoder.hpp"
#include "core/socketio/encoder.hpp"

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using socketio::encode_text;
using socketio::packet;
using socketio::packet_type;

TEST_CASE("socketio encoder: the texts of the protocol") {
  CHECK(encode_text({.type = packet_type::connect, .data = "{\"sid\":\"x\"}"}) == "0{\"sid\":\"x\"}");
  CHECK(encode_text({.type = packet_type::connect, .nsp = "/custom"}) == "0/custom,");
  CHECK(encode_text({.type = packet_type::disconnect, .nsp = "/custom"}) == "1/custom,");
  CHECK(encode_text({.data = "[\"hi\"]"}) == "2[\"hi\"]");
  CHECK(encode_text({.nsp = "/n", .id = 7, .data = "[\"hi\"]"}) == "2/n,7[\"hi\"]");
  CHECK(
    encode_text({.type = packet_type::ack, .id = 456, .data = "[1,\"2\",{\"3\":[false]}]"})
    == "3456[1,\"2\",{\"3\":[false]}]");
  CHECK(
    encode_text({.type = packet_type::connect_error, .nsp = "/random", .data = "{\"message\":\"Invalid namespace\"}"})
    == "4/random,{\"message\":\"Invalid namespace\"}");
}

TEST_CASE("socketio encoder: attachments make binary events and acks") {
  const std::string data = R"(["b",{"_placeholder":true,"num":0}])";
  CHECK(encode_text({.data = data, .attachments = {"x"}}) == "51-" + data);
  CHECK(encode_text({.nsp = "/nsp", .id = 7, .data = data, .attachments = {"x"}}) == "51-/nsp,7" + data);
  CHECK(encode_text({.type = packet_type::ack, .id = 789, .data = "[]", .attachments = {"x", "y"}}) == "62-789[]");
}

TEST_CASE("socketio encoder: event data") {
  CHECK(socketio::event_data("hi", "") == "[\"hi\"]");
  CHECK(socketio::event_data("hi", "1,{\"a\":2}") == "[\"hi\",1,{\"a\":2}]");
  CHECK(socketio::event_data("a\"b", "null") == "[\"a\\\"b\",null]");
}

TEST_CASE("socketio encoder: what is written reads back") {
  const limits l;
  const packet packets[] = {
    {.type = packet_type::connect},
    {.type = packet_type::connect, .nsp = "/a", .data = "{\"a\":1}"},
    {.type = packet_type::disconnect},
    {.type = packet_type::disconnect, .nsp = "/a/b?c"},
    {.data = "[\"e\",[1,2]]"},
    {.nsp = "/1", .id = 0, .data = "[\"e\"]"},
    {.id = 999999999999999999, .data = "[1]"},
    {.type = packet_type::ack, .id = 3, .data = "[]"},
    {.type = packet_type::ack, .nsp = "/x", .id = 3},
    {.type = packet_type::connect_error, .data = "\"why\""},
    {.nsp = "/a",
     .id = 1,
     .data = R"(["e",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}])",
     .attachments = {"\x01", ""}},
    {.type = packet_type::ack, .id = 1, .data = R"([{"_placeholder":true,"num":0}])", .attachments = {"4text"}},
  };
  for (const auto& p : packets) {
    const auto text = encode_text(p);
    INFO(text);
    socketio::decoder d(l);
    auto r = d.on_message(text, false);
    for (const auto& a : p.attachments) {
      REQUIRE((r && !*r));
      r = d.on_message(a, true);
    }
    REQUIRE((r && *r));
    CHECK(**r == p);
  }
}
