#include "core/presence/offline_queue.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::presence;
using namespace std::chrono_literals;

namespace {

const time_point start{};

waiting message(std::string data) { return {"", "", "/", std::move(data), {}}; }

std::vector<std::string> texts(offline_queue& q, time_point now = start) {
  std::vector<std::string> all;
  for (auto& w : q.list(now))
    all.push_back(w.data);
  return all;
}
using list = std::vector<std::string>;

} // namespace

TEST_CASE("the oldest message gives way when there are too many") {
  const queue_bounds most{2};
  offline_queue q;
  CHECK(q.push(message("1"), most, start) == 0);
  CHECK(q.push(message("2"), most, start) == 0);
  CHECK(q.push(message("3"), most, start) == 1);
  CHECK(texts(q) == list{"2", "3"});
}

TEST_CASE("bytes count, attachments too") {
  const queue_bounds most{100, 10};
  offline_queue q;
  q.push(message("1234"), most, start);
  q.push(message("5678"), most, start);
  auto with_attachment = message("9");
  with_attachment.attachments = {"abcdef"};
  CHECK(q.push(with_attachment, most, start) == 2);
  CHECK(q.remove({q.list(start).front().id}) == 1);
  CHECK(q.push(message("1234567890"), most, start) == 0); // what was removed counts no more
}

TEST_CASE("old messages expire from the front") {
  const queue_bounds most{100, 100, duration(2'000)};
  offline_queue q;
  q.push(message("1"), most, start);
  q.push(message("2"), most, start + 1s);
  CHECK(texts(q, start + 1999ms) == list{"1", "2"});
  CHECK(texts(q, start + 2s) == list{"2"});
  CHECK_FALSE(q.empty(start + 2s));
  CHECK(q.empty(start + 3s));
}

TEST_CASE("what is removed is named by its id") {
  const queue_bounds most;
  offline_queue q;
  for (auto text : {"1", "2", "3"})
    q.push(message(text), most, start);
  const auto all = q.list(start);
  CHECK(q.remove({all[0].id, all[2].id, "9"}) == 2);
  CHECK(q.remove({all[0].id}) == 0);
  CHECK(texts(q) == list{"2"});
  q.push(message("4"), most, start);
  CHECK(q.list(start).back().id != all[2].id);
}
