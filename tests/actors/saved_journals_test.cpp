// Journals of nodes that have ended: each is fetched once.

#include "actors/saved_journals.hpp"
#include "backends/memory/memory_session_store.hpp"

#include <catch2/catch_test_macros.hpp>

#include <memory>

using namespace troupe;
using actors::saved_journals;
using recovery::journal;
using recovery::places_before;

namespace {

using journal_name = ports::session_store::journal_name;

/// A store whose answers about journals wait until they are let go.
class slow_store : public memory::memory_session_store {
 public:
  slow_store() : memory_session_store({}) {}

  void find_journal(const journal_name& of, journal_found done) override {
    ++asked;
    waiting.emplace_back([this, of, done = std::move(done)]() mutable {
      if (away)
        done(error{"sessions_unavailable", "away"});
      else
        memory_session_store::find_journal(of, std::move(done));
    });
  }
  void answer() {
    for (auto& f : std::exchange(waiting, {}))
      f();
  }

  int asked = 0;
  bool away = false;
  std::vector<std::function<void()>> waiting;
};

std::string two_events() {
  journal j(8);
  j.add({1, {1, 5}});
  j.add({2, {1, 6}});
  return j.encode();
}

} // namespace

TEST_CASE("a journal that a node left behind is fetched once") {
  slow_store store;
  const auto journals = std::make_shared<saved_journals>(store);
  const journal_name of{{3, 30}, 1};
  store.save_journal(of, two_events(), [] {});
  std::vector<std::optional<places_before>> heard;
  const auto ask = [&] { journals->ask(of, {2, {1, 6}}, {1, 2}, [&](auto places) { heard.push_back(std::move(places)); }); };
  ask();
  ask();
  CHECK(heard.empty());
  store.answer();
  ask();
  CHECK(store.asked == 1);
  REQUIRE(heard.size() == 3);
  for (auto& h : heard) {
    REQUIRE(h);
    CHECK((*h)[0] == recovery::place{1, 5});
    CHECK(!(*h)[1]);
  }
}

TEST_CASE("a journal that is not there may come later") {
  slow_store store;
  const auto journals = std::make_shared<saved_journals>(store);
  const journal_name of{{3, 30}, 1};
  int nothing = 0, something = 0;
  const auto ask = [&] {
    journals->ask(of, {2, {1, 6}}, {1}, [&](auto places) { ++(places ? something : nothing); });
    store.answer();
  };
  ask();
  store.away = true;
  ask();
  store.away = false;
  store.save_journal(of, "no journal", [] {});
  ask();
  CHECK(nothing == 3);
  store.save_journal(of, two_events(), [] {});
  ask();
  CHECK(something == 1);
}

TEST_CASE("as many journals are kept as there is place for") {
  slow_store store;
  const auto journals = std::make_shared<saved_journals>(store);
  const auto ask = [&](std::uint16_t node) {
    store.save_journal({{node, 1}, 0}, two_events(), [] {});
    journals->ask({{node, 1}, 0}, {2, {1, 6}}, {1}, [](auto) {});
    store.answer();
  };
  for (std::uint16_t n = 0; n <= saved_journals::max_kept; ++n)
    ask(n);
  const auto before = store.asked;
  ask(saved_journals::max_kept);
  CHECK(store.asked == before);
  ask(0); // the first has gone
  CHECK(store.asked == before + 1);
}
