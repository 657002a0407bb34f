#include "core/frame/frame_builder.hpp"
#include "core/ws/deflate.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace std::string_literals;

namespace {

std::vector<std::string> payloads(const frame& f) {
  std::vector<std::string> out;
  for (const auto& s : f.segments())
    out.push_back((s.binary ? "bin:" : "") + std::string(f.payload(s)));
  return out;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("frame: a text packet is one WebSocket frame with the message digit") {
  const auto f = build_frame({.data = "[\"hi\"]"}, socketio::parser::json);
  CHECK(
    f->wire()
    == "\x81\x08"
       "42[\"hi\"]");
  CHECK(payloads(*f) == texts{"42[\"hi\"]"});
  CHECK_FALSE(f->is_volatile());
  CHECK(f->compress());
  CHECK(f->deflated().empty());
}

TEST_CASE("frame: attachments follow their header at once") {
  const auto f = build_frame(
    {.nsp = "/n", .id = 1, .data = "[\"b\"]", .attachments = {"\x01\x02", std::string(300, 'x')}},
    socketio::parser::json);
  CHECK(
    f->wire()
    == "\x81\x0d"
       "452-/n,1[\"b\"]"
       "\x82\x02\x01\x02"
       "\x82\x7e\x01\x2c"
         + std::string(300, 'x'));
  CHECK(payloads(*f) == texts{"452-/n,1[\"b\"]", "bin:\x01\x02", "bin:" + std::string(300, 'x')});
}

TEST_CASE("frame: msgpack is one binary frame") {
  const auto f = build_frame({.type = socketio::packet_type::disconnect}, socketio::parser::msgpack);
  CHECK(payloads(*f) == texts{"bin:\x82\xa4type\x01\xa3nsp\xa1/"});
  CHECK(f->wire() == "\x82\x0d\x82\xa4type\x01\xa3nsp\xa1/");
}

TEST_CASE("frame: engine packets") {
  const auto f = build_engine_frame("2");
  CHECK(
    f->wire()
    == "\x81\x01"
       "2");
  CHECK(payloads(*f) == texts{"2"});
}

TEST_CASE("frame: options are kept") {
  const auto f = build_frame({.data = "[1]"}, socketio::parser::json, {.is_volatile = true, .compress = false});
  CHECK(f->is_volatile());
  CHECK_FALSE(f->compress());
}

TEST_CASE("frame: outbound holds the packet and its frame") {
  const socketio::packet p{.nsp = "/n", .data = "[\"hi\"]"};
  const auto o = build_outbound(p);
  CHECK(o->packet == p);
  CHECK(o->text->wire() == build_frame(p, socketio::parser::json)->wire());
}

TEST_CASE("frame: long segments are deflated, short ones stay as they are") {
  const std::string data = "[\"" + std::string(2000, 'x') + "\"]";
  const frame_options o{.deflate = true, .deflate_threshold = 1024};
  const auto f = build_frame({.data = data, .attachments = {"short"}}, socketio::parser::json, o);
  REQUIRE_FALSE(f->deflated().empty());
  const auto packed = ws::deflate_message("451-" + data);
  REQUIRE(packed.size() < 126);
  CHECK(f->deflated() == "\xc1"s + static_cast<char>(packed.size()) + packed + "\x82\x05short");
  CHECK(f->wire().find(data) != std::string_view::npos);
}

TEST_CASE("frame: no deflated form when nothing is long, compressible or wanted") {
  const std::string data = "[\"" + std::string(2000, 'x') + "\"]";
  CHECK(build_frame({.data = data}, socketio::parser::json)->deflated().empty());
  CHECK(build_frame({.data = data}, socketio::parser::json, {.compress = false, .deflate = true})->deflated().empty());
  CHECK(build_frame({.data = "[\"x\"]"}, socketio::parser::json, {.deflate = true})->deflated().empty());
  CHECK(build_frame({.data = "[\"abcdefgh\"]"}, socketio::parser::json, {.deflate = true, .deflate_threshold = 0})
          ->deflated()
          .empty());
}
