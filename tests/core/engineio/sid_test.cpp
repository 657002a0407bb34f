#include "core/engineio/sid.hpp"

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>

#include <random>

using namespace troupe;

namespace {

constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

bool has_form(std::string_view id) {
  return id.size() == 20 && id.find_first_not_of(allowed) == id.npos;
}

template<std::size_t N>
std::array<unsigned char, N> bytes(std::mt19937& random) {
  std::array<unsigned char, N> out;
  for (auto& b : out)
    b = static_cast<unsigned char>(random());
  return out;
}

} // namespace

TEST_CASE("sid: says where the session lives") {
  std::mt19937 random(7);
  for (int i = 0; i < 1'000; ++i) {
    const engineio::sid_parts where{
      static_cast<std::uint16_t>(random()), static_cast<std::uint16_t>(random() & 0xff),
      std::uint32_t(random() & 0xffffff)};
    const auto sid = engineio::make_sid(where, bytes<9>(random));
    REQUIRE(has_form(sid));
    const auto parts = engineio::parse_sid(sid);
    REQUIRE(parts);
    CHECK(parts->node == where.node);
    CHECK(parts->shard == where.shard);
    CHECK(parts->slot == where.slot);
  }
}

TEST_CASE("sid: every random bit shows") {
  const auto base = engineio::make_sid({1, 2, 3}, {});
  for (std::size_t bit = 0; bit < 72; ++bit) {
    std::array<unsigned char, 9> random{};
    random[bit / 8] = static_cast<unsigned char>(1 << bit % 8);
    CHECK(engineio::make_sid({1, 2, 3}, random) != base);
  }
}

TEST_CASE("sid: socket ids say node, session and generation") {
  std::mt19937 random(8);
  for (int i = 0; i < 1'000; ++i) {
    const engineio::socket_id_parts where{
      static_cast<std::uint16_t>(random()),
      {static_cast<std::uint16_t>(random() & 0xff), std::uint32_t(random() & 0xffffff), std::uint32_t(random())}};
    const auto id = engineio::make_socket_id(where, bytes<5>(random));
    REQUIRE(has_form(id));
    const auto parts = engineio::parse_socket_id(id);
    REQUIRE(parts);
    CHECK(parts->node == where.node);
    CHECK(parts->session == where.session);
  }
}

TEST_CASE("sid: other forms are no ids") {
  const auto good = engineio::make_sid({1, 2, 3}, {});
  for (const auto& text :
       {std::string(), good.substr(1), good + "A", good.substr(1) + "+", good.substr(1) + "/", good.substr(1) + "=",
        good.substr(1) + '\0', good.substr(1) + "\xc3", " " + good.substr(1)}) {
    INFO(text);
    CHECK_FALSE(engineio::parse_sid(text));
    CHECK_FALSE(engineio::parse_socket_id(text));
  }
}
