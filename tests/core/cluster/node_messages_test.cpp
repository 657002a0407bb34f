#include "core/cluster/node_messages.hpp"

#include "core/cluster/wire.hpp"

#include <catch2/catch_test_macros.hpp>

#include <random>

using namespace troupe::cluster;

namespace {

const node_ref me{3, 1'700'000'000'123};

std::vector<node_message> examples() {
  return {gossip{false, true, 99, 512, 0xffff'ffff'ffff'ffff},
          homes{{{"a", {1, 5}}, {"b", {65'535, 6}}}, {{0, 1, 0}, {1'023, max_epoch, 1}}},
          taken{77, {{4, 1'700'000'000'999}, {1'000, 2}}},
          reported{77},
          left{}};
}

/// A letter by hand: what comes after the head.
std::string letter(std::uint64_t kind, const std::string& body) {
  std::string out;
  for (std::uint64_t n : {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{5}, kind})
    wire::put(out, n);
  return out + body;
}
std::string numbers(std::initializer_list<std::uint64_t> list) {
  std::string out;
  for (auto n : list)
    wire::put(out, n);
  return out;
}

} // namespace

TEST_CASE("what nodes say arrives as it was said") {
  for (auto& m : examples()) {
    const auto bytes = encode(node_letter{me, m});
    const auto read = decode_node_letter(bytes);
    REQUIRE(read);
    CHECK(read->from == me);
    CHECK(read->body.index() == m.index());
    CHECK(encode(*read) == bytes);
  }
}

TEST_CASE("letters beyond their limits are refused") {
  CHECK(decode_node_letter(letter(2, numbers({1, 1, 1'023, max_epoch}))));
  CHECK_FALSE(decode_node_letter(letter(2, numbers({1, 1, 1'024, 5}))));            // no such slot
  CHECK_FALSE(decode_node_letter(letter(2, numbers({1, 1, 3, max_epoch + 1}))));    // no such epoch
  CHECK_FALSE(decode_node_letter(letter(2, numbers({1, 1'000'000}))));              // more than there is
  CHECK_FALSE(decode_node_letter(letter(2, numbers({1, 1'025}) + std::string(5'000, '\1')))); // more than there are slots
  CHECK_FALSE(decode_node_letter(letter(1, numbers({0, 1, 3, 5, 0}))));             // a node that is not in the list
  CHECK_FALSE(decode_node_letter(letter(1, numbers({1, 0, 1, 5, 0}))));             // without an id
  CHECK_FALSE(decode_node_letter(letter(1, numbers({1, 1, 'a', 1, 0, 0}))));        // nobody's life
  CHECK_FALSE(decode_node_letter(letter(5, "")));                                   // no such kind
  CHECK_FALSE(decode_node_letter(letter(4, "x")));                                  // something left over
  CHECK_FALSE(decode_node_letter(std::string("\2") + letter(4, "").substr(1)));     // another format
  CHECK_FALSE(decode_node_letter(""));
}

TEST_CASE("half a letter is none, and a damaged one harms nobody") {
  std::mt19937_64 random(7);
  for (auto& m : examples()) {
    const auto bytes = encode(node_letter{me, m});
    for (std::size_t n = 0; n < bytes.size(); ++n)
      CHECK_FALSE(decode_node_letter(bytes.substr(0, n)));
    for (int i = 0; i < 5'000; ++i) {
      auto damaged = bytes;
      for (auto times = 1 + random() % 4; times > 0; --times)
        damaged[random() % damaged.size()] = static_cast<char>(random());
      if (const auto read = decode_node_letter(damaged); read)
        CHECK(decode_node_letter(encode(*read)));
    }
  }
}
