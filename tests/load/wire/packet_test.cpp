#include "load/wire/packet.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::load;

namespace {

struct example {
  const char* text;
  const char* nsp;
  packet_kind kind;
  std::optional<std::uint64_t> id;
  const char* data;
};

} // namespace

TEST_CASE("packets of a server") {
  const example examples[] = {
    {R"(0{"sid":"x"})", "/", packet_kind::open, {}, R"({"sid":"x"})"},
    {"2", "/", packet_kind::ping, {}, ""},
    {"6", "/", packet_kind::other, {}, ""},
    {R"(40{"sid":"y"})", "/", packet_kind::connect, {}, R"({"sid":"y"})"},
    {R"(40/admin,{"sid":"y"})", "/admin", packet_kind::connect, {}, R"({"sid":"y"})"},
    {R"(40/admin,{"sid":"y"})", "/", packet_kind::other, {}, ""},
    {R"(40{"sid":"y"})", "/admin", packet_kind::other, {}, ""},
    {R"(40/adm,{"sid":"y"})", "/admin", packet_kind::other, {}, ""},
    {R"(44{"message":"no"})", "/", packet_kind::connect_error, {}, R"({"message":"no"})"},
    {R"(44/random,{"message":"Invalid namespace"})",
     "/random",
     packet_kind::connect_error,
     {},
     R"({"message":"Invalid namespace"})"},
    {"41/admin", "/admin", packet_kind::disconnect, {}, ""},
    {"41", "/", packet_kind::disconnect, {}, ""},
    {R"(42["say",1])", "/", packet_kind::event, {}, R"(["say",1])"},
    {R"(4217["ask",1])", "/", packet_kind::event, 17, R"(["ask",1])"},
    {R"(42/admin,17["ask",1])", "/admin", packet_kind::event, 17, R"(["ask",1])"},
    {R"(430[{"ok":true}])", "/", packet_kind::ack, 0, R"([{"ok":true}])"},
    {R"(43/admin,100000000[])", "/admin", packet_kind::ack, 100000000, "[]"},
    {"4", "/", packet_kind::other, {}, ""},
    {"", "/", packet_kind::other, {}, ""}};
  for (const auto& e : examples) {
    CAPTURE(e.text, e.nsp);
    const auto p = read_packet(e.text, namespace_prefix(e.nsp));
    CHECK(p.kind == e.kind);
    CHECK(p.id == e.id);
    CHECK(p.data == e.data);
  }
}

TEST_CASE("refusals are told from other acks") {
  CHECK(is_refusal(R"([{"ok":false,"error":{"code":"not_permitted","message":"no"}}])"));
  CHECK(is_refusal(R"([{"ok": false}])"));
  CHECK_FALSE(is_refusal(R"([{"ok":true}])"));
  CHECK_FALSE(is_refusal("[false]"));
  CHECK_FALSE(is_refusal("[]"));
}
