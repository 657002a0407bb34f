#include "core/cluster/query_book.hpp"

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <random>
#include <set>

using namespace troupe;
using namespace troupe::cluster;

namespace {

const node_ref me{1, 100}, bee{2, 200}, cat{3, 300};
const std::vector<asked_node> all{{me, "me"}, {bee, "bee"}, {cat, "cat"}};
const time_point start{duration(1'000'000)};
const time_point until = start + duration(5'000);

struct lab {
  query_counters counts;
  query_book book{{3, 1'000}, counts};

  std::uint64_t open(std::vector<asked_node> nodes = all, std::vector<silent_node> silent = {}) {
    return book.open(std::move(nodes), std::move(silent), until).value();
  }
};

answer members(std::uint64_t number, std::size_t n, std::optional<std::uint64_t> total) {
  members_found body;
  for (std::size_t i = 0; i < n; ++i)
    body.list.push_back({"s" + std::to_string(i), "u"});
  return {number, total, false, std::move(body)};
}

answer done(std::uint64_t number) { return {number, 1, false, carried_out{1}}; }

} // namespace

TEST_CASE("a question is over when everybody has answered whole") {
  lab l;
  const auto q = l.open();
  CHECK(l.counts.open == 1);
  CHECK(l.book.on_answer(me, done(q), 0).empty());
  CHECK(l.book.on_answer(bee, done(q), 10).empty());
  const auto over = l.book.on_answer(cat, done(q), 10);
  REQUIRE(over.size() == 1);
  CHECK(over[0].number == q);
  CHECK(over[0].parts.size() == 3);
  CHECK(over[0].parts[1].first == "bee");
  CHECK(over[0].expected == 3);
  CHECK(over[0].silent.empty());
  CHECK_FALSE(over[0].cut);
  CHECK(l.counts.open == 0);
  CHECK(l.counts.partial == 0);
  CHECK(l.counts.answer_bytes == 20);
  CHECK_FALSE(l.book.next_deadline());
}

TEST_CASE("parts may overtake each other") {
  lab l;
  const auto q = l.open({{bee, "bee"}});
  SECTION("the number of things first") {
    CHECK(l.book.on_answer(bee, members(q, 0, 3), 1).empty());
    CHECK(l.book.on_answer(bee, members(q, 2, {}), 1).empty());
    CHECK(l.book.on_answer(bee, members(q, 1, {}), 1).size() == 1);
  }
  SECTION("the number of things last") {
    CHECK(l.book.on_answer(bee, members(q, 2, {}), 1).empty());
    CHECK(l.book.on_answer(bee, members(q, 1, {}), 1).empty());
    CHECK(l.book.on_answer(bee, members(q, 0, 3), 1).size() == 1);
  }
  SECTION("a second number of things changes nothing") {
    CHECK(l.book.on_answer(bee, members(q, 1, 3), 1).empty());
    CHECK(l.book.on_answer(bee, members(q, 0, 1), 1).empty());
    const auto over = l.book.on_answer(bee, members(q, 2, 9), 1);
    REQUIRE(over.size() == 1);
    CHECK(over[0].expected == 3);
  }
}

TEST_CASE("who does not answer in time is named") {
  lab l;
  const auto q = l.open();
  CHECK(l.book.on_answer(me, done(q), 0).empty());
  CHECK(l.book.on_time(until - duration(1)).empty());
  CHECK(l.book.next_deadline() == until);
  const auto over = l.book.on_time(until);
  REQUIRE(over.size() == 1);
  CHECK(over[0].parts.size() == 1);
  CHECK(over[0].silent == std::vector<silent_node>{{"bee", silence::late}, {"cat", silence::late}});
  CHECK(l.counts.partial == 1);
  // What comes afterwards is nobody's.
  CHECK(l.book.on_answer(bee, done(q), 10).empty());
  CHECK(l.counts.late_parts == 1);
}

TEST_CASE("a node whose clients are slow has answered all the same") {
  lab l;
  const auto q = l.open({{bee, "bee"}, {cat, "cat"}});
  CHECK(l.book.on_answer(bee, {q, 2, false, clients_answered{{{"s", {}}}}}, 1).empty());
  CHECK(l.book.on_answer(cat, {q, {}, false, clients_answered{{{"t", {}}}}}, 1).empty());
  const auto over = l.book.on_time(until);
  REQUIRE(over.size() == 1);
  CHECK(over[0].expected == 2);
  CHECK(over[0].parts.size() == 2);
  CHECK(over[0].silent == std::vector<silent_node>{{"cat", silence::late}}); // it never said how many there are
}

TEST_CASE("a node that dies while it is asked is silent at once") {
  lab l;
  const auto one = l.open(), two = l.open({{bee, "bee"}}), three = l.open({{cat, "cat"}});
  CHECK(l.book.on_answer(me, done(one), 0).empty());
  CHECK(l.book.on_answer(cat, done(one), 0).empty());
  CHECK(l.book.on_answer(bee, members(two, 1, 5), 1).empty());
  const auto over = l.book.on_lost(bee);
  REQUIRE(over.size() == 2);
  CHECK(over[0].number == one);
  CHECK(over[0].silent == std::vector<silent_node>{{"bee", silence::lost}});
  CHECK(over[1].number == two);
  CHECK(over[1].parts.size() == 1); // what it had said stays
  CHECK(over[1].silent == std::vector<silent_node>{{"bee", silence::lost}});
  CHECK(l.book.size() == 1);
  CHECK(l.book.on_lost(bee).empty());
  CHECK(l.book.on_lost({2, 199}).empty()); // an earlier life
  CHECK(l.book.on_answer(cat, done(three), 0).size() == 1);
}

TEST_CASE("who has answered is not missed when it dies") {
  lab l;
  const auto q = l.open({{bee, "bee"}, {cat, "cat"}});
  CHECK(l.book.on_answer(bee, done(q), 0).empty());
  CHECK(l.book.on_lost(bee).empty());
  const auto over = l.book.on_answer(cat, done(q), 0);
  REQUIRE(over.size() == 1);
  CHECK(over[0].silent.empty());
  CHECK(over[0].parts.size() == 2);
}

TEST_CASE("who could not be asked is named without waiting") {
  lab l;
  SECTION("from the beginning") {
    const auto q = l.open({{me, "me"}}, {{"dog", silence::unlinked}});
    const auto over = l.book.on_answer(me, done(q), 0);
    REQUIRE(over.size() == 1);
    CHECK(over[0].silent == std::vector<silent_node>{{"dog", silence::unlinked}});
  }
  SECTION("as the sending shows") {
    const auto q = l.open({{bee, "bee"}});
    CHECK(l.book.take_over(q).empty());
    l.book.on_unreachable(q, bee);
    const auto over = l.book.take_over(q);
    REQUIRE(over.size() == 1);
    CHECK(over[0].silent == std::vector<silent_node>{{"bee", silence::unlinked}});
  }
  SECTION("nobody at all") {
    const auto q = l.open({});
    CHECK(l.book.take_over(q).size() == 1);
  }
}

TEST_CASE("a node that has too much to do is named as busy") {
  lab l;
  const auto q = l.open({{bee, "bee"}});
  const auto over = l.book.on_answer(bee, {q, 1, false, declined{}}, 5);
  REQUIRE(over.size() == 1);
  CHECK(over[0].silent == std::vector<silent_node>{{"bee", silence::busy}});
  CHECK(over[0].parts.empty());
  CHECK(over[0].expected == 0);
}

TEST_CASE("there is an end to questions and to what answers may weigh") {
  lab l;
  const auto q = l.open();
  l.open();
  l.open();
  CHECK_FALSE(l.book.open(all, {}, until));
  CHECK(l.counts.refused == 1);
  CHECK(l.counts.open == 3);
  CHECK(l.book.on_answer(me, members(q, 1, 1), 0).empty());
  CHECK(l.book.on_answer(bee, members(q, 1, 1), 900).empty());
  const auto over = l.book.on_answer(cat, members(q, 1, 1), 101);
  REQUIRE(over.size() == 1);
  CHECK(over[0].cut);
  CHECK(over[0].parts.size() == 2);
  CHECK(over[0].expected == 3);
  CHECK(over[0].silent.empty());
  CHECK(l.book.open(all, {}, until));
}

TEST_CASE("answers of strangers, and more than was announced, change nothing") {
  lab l;
  const auto q = l.open({{bee, "bee"}});
  CHECK(l.book.on_answer(cat, done(q), 1).empty());
  CHECK(l.book.on_answer({2, 201}, done(q), 1).empty()); // its next life
  CHECK(l.book.on_answer(bee, done(q + 1), 1).empty());
  const auto over = l.book.on_answer(bee, done(q), 1);
  REQUIRE(over.size() == 1);
  CHECK(over[0].parts.size() == 1);
}

TEST_CASE("at the end everything open comes back with what there is") {
  lab l;
  const auto q = l.open();
  l.open();
  l.book.on_answer(me, done(q), 0);
  const auto over = l.book.close_all();
  REQUIRE(over.size() == 2);
  CHECK(over[0].parts.size() == 1);
  CHECK(over[0].silent.size() == 2);
  CHECK(l.book.size() == 0);
  CHECK(l.counts.open == 0);
}

TEST_CASE("whatever happens, each question comes back once and names exactly who is missing") {
  std::mt19937_64 random(5);
  for (int round = 0; round < 300; ++round) {
    query_counters counts;
    query_book book{{100, 1'000'000}, counts};
    std::map<std::uint64_t, std::set<std::string>> answered, lost;
    std::set<std::uint64_t> open;
    auto take = [&](const query_book::outcomes& over) {
      for (auto& o : over) {
        REQUIRE(open.erase(o.number) == 1);
        std::set<std::string> named;
        for (auto& s : o.silent)
          REQUIRE(named.insert(s.id).second);
        for (auto& n : all)
          CHECK(named.contains(n.id) != answered[o.number].contains(n.id));
      }
    };
    for (int step = 0; step < 60; ++step) {
      const auto& node = all[random() % all.size()];
      switch (random() % 5) {
        case 0:
          if (auto q = book.open(all, {}, start + duration(100 * step + 700)))
            open.insert(*q);
          break;
        case 1:
          if (random() % 8 == 0) {
            for (auto q : open)
              if (!answered[q].contains(node.id))
                lost[q].insert(node.id);
            take(book.on_lost(node.ref));
          }
          break;
        case 2: take(book.on_time(start + duration(100 * step))); break;
        default:
          if (!open.empty()) {
            auto q = *std::next(open.begin(), static_cast<long>(random() % open.size()));
            if (!lost[q].contains(node.id)) // who was lost stays named
              answered[q].insert(node.id);
            take(book.on_answer(node.ref, done(q), 1));
          }
      }
    }
    take(book.close_all());
    CHECK(open.empty());
  }
}
