#include "core/socketio/decoder.hpp"
#include "core/socketio/encoder.hpp"

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace troupe;
using namespace std::string_literals;
using nlohmann::ordered_json;
using socketio::packet;
using socketio::packet_type;

namespace {

limits defaults;

std::string bytes_of(const ordered_json& value) {
  const auto v = ordered_json::to_msgpack(value);
  return {v.begin(), v.end()};
}

result<std::optional<packet>> decode(const std::string& bytes, const limits& l = defaults) {
  socketio::decoder d(l);
  return d.on_message(bytes, true);
}

packet decoded(const std::string& bytes) {
  auto r = decode(bytes);
  INFO((r ? "" : r.error().message));
  REQUIRE((r && *r));
  return std::move(**r);
}

/// An event `["e", <value>]` whose value stands as raw msgpack; gives the value's JSON.
std::string value_json(const std::string& value) {
  const auto data = decoded(
                      "\x83\xa4type\x02\xa3nsp\xa1/\xa4"
                      "data\x92\xa1"
                      "e"
                      + value)
                      .data;
  REQUIRE(data.starts_with("[\"e\","));
  return data.substr(5, data.size() - 6);
}

std::string value_msgpack(const std::string& json) {
  const auto bytes = socketio::encode_msgpack({.data = "[" + json + "]"});
  const auto head = "\x83\xa4type\x02\xa3nsp\xa1/\xa4"
                    "data\x91"s;
  REQUIRE(bytes.starts_with(head));
  return bytes.substr(head.size());
}

} // namespace

TEST_CASE("msgpack: packets as the official parser sends them") {
  const ordered_json connect = {
    {"type", 0}, {"nsp", "/"}, {"data", {{"token", "t"}}}, {"options", {{"compress", true}}}};
  CHECK(decoded(bytes_of(connect)) == packet{.type = packet_type::connect, .data = "{\"token\":\"t\"}"});
  const ordered_json event = {
    {"type", 2},
    {"data", {"hi", 1, nullptr, {{"a", -1.5}}}},
    {"options", {{"compress", true}}},
    {"id", 7},
    {"nsp", "/n"}};
  CHECK(decoded(bytes_of(event)) == packet{.nsp = "/n", .id = 7, .data = "[\"hi\",1,null,{\"a\":-1.5}]"});
  CHECK(decoded(bytes_of({{"type", 1}, {"nsp", "/n"}})) == packet{.type = packet_type::disconnect, .nsp = "/n"});
  CHECK(
    decoded(bytes_of({{"type", 3}, {"nsp", "/"}, {"id", 0}, {"data", ordered_json::array()}}))
    == packet{.type = packet_type::ack, .id = 0, .data = "[]"});
}

TEST_CASE("msgpack: nil for what is missing, as Python sends it") {
  CHECK(
    decoded(bytes_of({{"type", 1}, {"data", nullptr}, {"nsp", "/"}, {"id", nullptr}}))
    == packet{.type = packet_type::disconnect});
  CHECK(decoded(bytes_of({{"type", 0}, {"data", nullptr}, {"nsp", "/"}})) == packet{.type = packet_type::connect});
}

TEST_CASE("msgpack: undefined for what is missing, as JavaScript sends it") {
  CHECK(
    decoded("\x84\xa4type\x01\xa3nsp\xa1/\xa4" "data\xd4\x00\x00\xa2id\xd4\x00\x00"s)
    == packet{.type = packet_type::disconnect});
  CHECK_FALSE(decode("\x82\xa4type\xd4\x00\x00\xa3nsp\xa1/"s).has_value());
  CHECK_FALSE(decode("\xd4\x00\x00"s).has_value());
}

TEST_CASE("msgpack: binary values become attachments") {
  const ordered_json event = {
    {"type", 2}, {"nsp", "/"}, {"data", {"b", ordered_json::binary({1, 2}), {{"x", {ordered_json::binary({}), "s"}}}}}};
  CHECK(
    decoded(bytes_of(event))
    == packet{
      .data = R"(["b",{"_placeholder":true,"num":0},{"x":[{"_placeholder":true,"num":1},"s"]}])",
      .attachments = {"\x01\x02", ""}});
}

TEST_CASE("msgpack: values as JSON") {
  CHECK(value_json("\x7f") == "127");
  CHECK(value_json("\xff") == "-1");
  CHECK(value_json("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"s) == "18446744073709551615");
  CHECK(value_json("\xd3\x80\0\0\0\0\0\0\0"s) == "-9223372036854775808");
  CHECK(value_json("\xc2") == "false");
  CHECK(value_json("\xca\x3f\0\0\0"s) == "0.5");
  CHECK(value_json("\xcb\x3f\xf8\0\0\0\0\0\0"s) == "1.5");
  CHECK(value_json("\xcb\x40\x08\0\0\0\0\0\0"s) == "3");
  CHECK(value_json("\xcb\x7f\xf8\0\0\0\0\0\0"s) == "null"); // NaN
  CHECK(value_json("\xcb\x7f\xf0\0\0\0\0\0\0"s) == "null"); // infinity
  CHECK(value_json("\xa3\"\\\n"s) == R"("\"\\\n")");
  CHECK(value_json("\xa1\xff"s) == "\"\xef\xbf\xbd\"");
  CHECK(value_json("\xdd\0\0\0\x02\x01\xc0"s) == "[1,null]");
  CHECK(value_json("\x80") == "{}");
  CHECK(value_json("\x82\xa1[\x90\xa1:\xa1{"s) == R"({"[":[],":":"{"})");
  CHECK(
    value_json("\x82\xa1"
               "a\x01\xa1"
               "a\x02"s)
    == R"({"a":1,"a":2})");
}

TEST_CASE("msgpack: timestamps become ISO 8601") {
  CHECK(value_json("\xd6\xff\0\0\0\0"s) == "\"1970-01-01T00:00:00.000Z\"");
  CHECK(value_json("\xd7\xff\x77\x35\x94\x00\x5f\x5e\x10\x00"s) == "\"2020-09-13T12:26:40.500Z\""); // 500 ms
  CHECK(value_json("\xc7\x0c\xff\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"s) == "\"1969-12-31T23:59:59.000Z\"");
  CHECK(value_json("\xc7\x0c\xff\x0e\xe6\xb2\x80\xff\xff\xff\xff\xff\xff\xff\xff"s) == "\"1969-12-31T23:59:59.250Z\"");
  CHECK(value_json("\xc7\x0c\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0"s) == "null");         // no such nanosecond
  CHECK(value_json("\xc7\x0c\xff\0\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"s) == "null"); // no such year
  CHECK(value_json("\xc7\x03\xff\0\0\0"s) == "null");
  CHECK(value_json("\xd7\x00\0\0\x01\x74\x87\x6e\x89\xf4"s).starts_with("\"2020-09-")); // older encoders: milliseconds
  CHECK(value_json("\xd4\x00\x00"s) == "null");                                         // undefined
}

TEST_CASE("msgpack: other extensions become type and bytes") {
  const auto p = decoded("\x83\xa4type\x02\xa3nsp\xa1/\xa4"
                         "data\x92\xa1"
                         "e\xd5\x85"
                         "ab"s);
  CHECK(p.data == R"(["e",[-123,{"_placeholder":true,"num":0}]])");
  CHECK(p.attachments == std::vector<std::string>{"ab"});
}

TEST_CASE("msgpack: what is no packet is refused") {
  const ordered_json event = {{"type", 2}, {"nsp", "/"}, {"data", {"e"}}};
  REQUIRE(decode(bytes_of(event)).has_value());
  auto with = [&](const char* key, const ordered_json& value) {
    auto changed = event;
    changed[key] = value;
    return bytes_of(changed);
  };
  for (const auto& bytes : {
         ""s,
         "\x01"s,
         "\x90"s,
         "\x80"s,
         "\xc1"s,
         "\xa1/"s,
         "2[\"a\"]"s,
         bytes_of(event) + "\x01",
         with("type", 5),
         with("type", -1),
         with("type", "2"),
         with("type", 2.5),
         with("type", nullptr),
         with("type", ordered_json::array()),
         with("nsp", 1),
         with("nsp", "x"),
         with("nsp", ""),
         with("nsp", nullptr),
         with("nsp", "/\0"s),
         with("nsp", "/a,b"),
         with("nsp", "/\x1e"),
         with("id", -1),
         with("id", "1"),
         with("id", 1.5),
         with("id", 1'000'000'000'000'000'000u),
         with("id", ordered_json::object()),
         with("data", ordered_json::array()),
         with("data", "e"),
         with("data", ordered_json::object()),
         with("data", {nullptr}),
         with("data", {"connect"}),
         with("data", {ordered_json::binary({1})}),
         with("data", {std::string(129, 'x')}),
         with("data", 3),
         bytes_of({{"type", 2}, {"data", {"e"}}}),
         bytes_of({{"nsp", "/"}, {"data", {"e"}}}),
         bytes_of({{"type", 0}, {"nsp", "/"}, {"data", {1}}}),
         bytes_of({{"type", 1}, {"nsp", "/"}, {"data", {1}}}),
         bytes_of({{"type", 0}, {"nsp", "/"}, {"data", {{"a", ordered_json::binary({1})}}}}),
         "\x82\xa4type\x02\x01\x02"s,
         "\x83\xa4type\x02\xa3nsp\xa1/\xa4"
         "data\xdd\xff\xff\xff\xff\xa1"
         "e"s,
         "\x83\xa4type\x02\xa3nsp\xa1/\xa4"
         "data\x92\xa1"
         "e\xc6\xff\xff\xff\xff"s,
       }) {
    INFO(ordered_json(bytes).dump(-1, ' ', true, ordered_json::error_handler_t::replace));
    const auto r = decode(bytes);
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code == "parse_error");
  }
}

TEST_CASE("msgpack: no beginning of a packet is a packet") {
  const auto bytes =
    bytes_of({{"type", 2}, {"nsp", "/a"}, {"id", 300}, {"data", {"e", 1.5, {{"k", ordered_json::binary({1, 2, 3})}}}}});
  REQUIRE(decode(bytes).has_value());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    CHECK_FALSE(decode(bytes.substr(0, i)).has_value());
}

TEST_CASE("msgpack: limits hold") {
  limits l;
  l.max_json_depth = 3;
  l.max_attachments = 2;
  const auto head = "\x83\xa4type\x02\xa3nsp\xa1/\xa4"
                    "data\x92\xa1"
                    "e"s;
  CHECK(decode(head + "\x91\x91\x01", l).has_value());
  CHECK(decode(head + "\x91\x91\x90", l).error().message.find("max_json_depth") != std::string::npos);
  CHECK(decode(head + "\x92\xc4\0\xc4\0"s, l).has_value());
  CHECK(decode(head + "\x93\xc4\0\xc4\0\xc4\0"s, l).error().message.find("max_attachments") != std::string::npos);
  CHECK_FALSE(decode(head + std::string(1'000'000, '\x91')).has_value());
  CHECK_FALSE(decode("\x84\xa4type\x02\xa3nsp\xa1/\xa7options" + std::string(1'000'000, '\x91')).has_value());
}

TEST_CASE("msgpack: a forged placeholder cannot point anywhere else") {
  const ordered_json forged = {{"_placeholder", true}, {"num", 1}};
  auto event = [&](const ordered_json& data) { return bytes_of({{"type", 2}, {"nsp", "/"}, {"data", data}}); };
  CHECK_FALSE(decode(event({"e", forged, ordered_json::binary({1})})).has_value());
  CHECK(decode(event({"e", forged})).has_value()); // without attachments it is data like any other
}

TEST_CASE("msgpack: equal keys of a packet, the last one counts") {
  const auto p = decoded("\x84\xa4"
                         "data\x92\xa1"
                         "a\xc4\x01x\xa4type\x02\xa3nsp\xa1/\xa4"
                         "data\x91\xa1"
                         "b"s);
  CHECK(p.data == "[\"b\"]");
  CHECK(p.attachments.empty());
}

TEST_CASE("msgpack: packets are written as a map") {
  CHECK(socketio::encode_msgpack({.type = packet_type::disconnect, .nsp = "/n"}) == "\x82\xa4type\x01\xa3nsp\xa2/n"s);
  CHECK(
    socketio::encode_msgpack(
      {.nsp = "/", .id = 5, .data = "[\"e\",{\"_placeholder\":true,\"num\":0}]", .attachments = {"x"}})
    == "\x84\xa4type\x02\xa3nsp\xa1/\xa4"
       "data\x92\xa1"
       "e\xc4\x01x\xa2id\x05"s);
}

TEST_CASE("msgpack: JSON values in their shortest form, as nlohmann writes them") {
  for (auto json : {"0",           "127",
                    "128",         "255",
                    "256",         "65535",
                    "65536",       "4294967295",
                    "4294967296",  "18446744073709551615",
                    "-1",          "-32",
                    "-33",         "-128",
                    "-129",        "-32768",
                    "-32769",      "-2147483648",
                    "-2147483649", "-9223372036854775808",
                    "1.1",         "-1.1",
                    "1e300",       "true",
                    "false",       "null",
                    "\"\"",        "\"\\u00e9\\n\"",
                    "[]",          "{}",
                    "[1,[2,[3]]]", "{\"a\":{\"b\":[{}]},\"c\":\"d\"}"}) {
    INFO(json);
    CHECK(value_msgpack(json) == bytes_of(ordered_json::parse(json)));
  }
  for (std::size_t size : {15u, 16u, 31u, 32u, 255u, 256u, 65535u, 65536u}) {
    INFO(size);
    const ordered_json text(std::string(size, 'x')), array(std::vector<int>(size, 1));
    CHECK(value_msgpack(text.dump()) == bytes_of(text));
    CHECK(value_msgpack(array.dump()) == bytes_of(array));
    if (size > 300)
      continue;
    ordered_json object;
    for (std::size_t i = 0; i < size; ++i)
      object[std::to_string(i)] = i;
    CHECK(value_msgpack(object.dump()) == bytes_of(object));
  }
  CHECK(
    value_msgpack("{\"a\":1,\"a\":2}")
    == "\x82\xa1"
       "a\x01\xa1"
       "a\x02");
}

TEST_CASE("msgpack: numbers as JavaScript would have them") {
  CHECK(value_msgpack("1.0") == "\x01");
  CHECK(value_msgpack("1e2") == "\x64");
  CHECK(value_msgpack("1e999") == "\xcb\x7f\xf0\0\0\0\0\0\0"s);
  CHECK(value_msgpack("-1e999") == "\xcb\xff\xf0\0\0\0\0\0\0"s);
  CHECK(value_msgpack("1e-999") == "\0"s);
}

TEST_CASE("msgpack: binary of every size") {
  for (std::size_t size : {0u, 255u, 256u, 65535u, 65536u}) {
    const std::string bytes(size, 'x');
    const packet p{.data = R"(["e",{"_placeholder":true,"num":0}])", .attachments = {bytes}};
    CHECK(decoded(socketio::encode_msgpack(p)) == p);
  }
}

TEST_CASE("msgpack: placeholders with more members, in any place") {
  const packet p{
    .data = R"([{"a":[{"_placeholder":true,"num":1,"more":[{"x":[]}]}]},{"num":0,"_placeholder":true},[{"b":1}]])",
    .attachments = {"A", "B"}};
  const auto value = ordered_json::from_msgpack(socketio::encode_msgpack(p))["data"];
  CHECK(value == ordered_json{{{"a", {ordered_json::binary({'B'})}}}, ordered_json::binary({'A'}), {{{"b", 1}}}});
}

TEST_CASE("msgpack: a hundred thousand different keys take no time") {
  std::string json = "[\"e\",{";
  for (int i = 0; i < 100'000; ++i)
    json.append(i ? ",\"" : "\"").append(std::to_string(i)).append("\":1");
  const packet p{.data = json + "}]"};
  CHECK(decoded(socketio::encode_msgpack(p)) == p);
}
