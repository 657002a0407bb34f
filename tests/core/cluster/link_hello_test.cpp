#include "core/cluster/link_hello.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::cluster;

namespace {

link_hello hello(std::string node, std::uint64_t incarnation = 5) {
  link_hello h;
  h.version = "0.1.0";
  h.cluster = "c";
  h.from = {std::move(node), incarnation, 7};
  return h;
}

} // namespace

TEST_CASE("a hello comes back as it was") {
  auto h = hello("node-1", 1'790'000'000'000);
  h.to = "node-2";
  h.kind = link_kind::tunnel;
  h.client = "10.0.0.1";
  auto back = decode_hello(encode(h));
  REQUIRE(back.has_value());
  CHECK(back->version == "0.1.0");
  CHECK(back->cluster == "c");
  CHECK(back->from.node == "node-1");
  CHECK(back->from.incarnation == 1'790'000'000'000);
  CHECK(back->from.number == 7);
  CHECK(back->to == "node-2");
  CHECK(back->kind == link_kind::tunnel);
  CHECK(back->client == "10.0.0.1");
}

TEST_CASE("what is no hello is none") {
  const auto good = encode(hello("n"));
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK(!decode_hello(good.substr(0, size)).has_value());
  CHECK(!decode_hello(good + "x").has_value());
  CHECK(!decode_hello(encode(hello(""))).has_value());
  CHECK(!decode_hello("GET / HTTP/1.1").has_value());
}

TEST_CASE("of another protocol only the number is read") {
  auto later = decode_hello(std::string("TRPL") + '\x02' + "whatever that version says");
  REQUIRE(later.has_value());
  CHECK(judge(*later, hello("me"), 0) == link_refusal::wrong_protocol);
}

TEST_CASE("nodes refuse each other for good reasons only") {
  const auto me = hello("me");
  const auto judged = [&](auto&& change, std::uint64_t known = 0) {
    auto theirs = hello("other");
    change(theirs);
    return judge(theirs, me, known);
  };
  CHECK(!judged([](auto&) {}));
  CHECK(!judged([](auto& h) { h.version = "0.1.9"; }));
  CHECK(!judged([](auto& h) { h.to = "me"; }));
  CHECK(!judged([](auto&) {}, 5));
  CHECK(judged([](auto&) {}, 6) == link_refusal::old_incarnation);
  CHECK(judged([](auto& h) { h.version = "0.2.0"; }) == link_refusal::wrong_version);
  CHECK(judged([](auto& h) { h.version = "0.10.0"; }) == link_refusal::wrong_version);
  CHECK(judged([](auto& h) { h.cluster = "d"; }) == link_refusal::wrong_cluster);
  CHECK(judged([](auto& h) { h.from.node = "me"; }) == link_refusal::own_id);
  CHECK(judged([](auto& h) { h.to = "third"; }) == link_refusal::wrong_node);
  CHECK(judged([](auto& h) { h.protocol = 2; }) == link_refusal::wrong_protocol);
}

TEST_CASE("releases are equal up to the second number") {
  CHECK(same_release("1.2.3", "1.2.4"));
  CHECK(same_release("1.2", "1.2.4"));
  CHECK_FALSE(same_release("1.2.3", "1.20.3"));
  CHECK_FALSE(same_release("1.2.3", "2.2.3"));
}

TEST_CASE("every refusal has a name and advice") {
  for (std::size_t i = 0; i < link_refusals; ++i) {
    CHECK(!to_string(static_cast<link_refusal>(i)).empty());
    CHECK(!advice(static_cast<link_refusal>(i)).empty());
  }
}
