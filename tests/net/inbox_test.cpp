#include "base/inbox.hpp"

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <thread>
#include <vector>

using namespace troupe;

TEST_CASE("an inbox gives what it got in order, and says when it was empty") {
  inbox<std::unique_ptr<int>> box;
  CHECK(box.empty());
  CHECK(box.put(std::make_unique<int>(1)));
  CHECK(!box.put(std::make_unique<int>(2)));
  std::vector<int> got;
  box.drain([&](auto&& p) { got.push_back(*p); });
  CHECK(got == std::vector{1, 2});
  CHECK(box.empty());
  CHECK(box.put(std::make_unique<int>(3))); // left in it: must not leak
}

TEST_CASE("many threads put, one drains: nothing is lost and each one's order is kept") {
  constexpr int writers = 4, each = 20'000;
  inbox<std::pair<int, int>> box;
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w] {
      for (int i = 0; i < each; ++i)
        box.put({w, i});
    });
  std::vector<int> next(writers, 0);
  int wrong = 0;
  for (int got = 0; got < writers * each;)
    box.drain([&](auto&& p) {
      wrong += p.second != next[static_cast<std::size_t>(p.first)]++;
      ++got;
    });
  for (auto& t : threads)
    t.join();
  CHECK(wrong == 0);
  CHECK(box.empty());
}
