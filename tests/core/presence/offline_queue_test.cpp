#include "core/presence/offline_queue.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::presence;
using namespace std::chrono_literals;

namespace {

const time_point start{};

waiting message(std::string data, time_point expires = start + 1h) { return {"/", std::move(data), {}, expires}; }

} // namespace

TEST_CASE("the oldest message gives way when there are too many") {
  options o;
  o.max_queued_messages = 2;
  offline_queue q(o);
  CHECK(q.push(message("1")).dropped == 0);
  CHECK(q.push(message("2")).dropped == 0);
  CHECK(q.push(message("3")).dropped == 1);
  const auto left = q.take("/");
  REQUIRE(left.size() == 2);
  CHECK(left[0].data == "2");
  CHECK(q.size() == 0);
}

TEST_CASE("bytes count, attachments too") {
  options o;
  o.max_queued_bytes = 10;
  offline_queue q(o);
  CHECK(q.push(message("1234")).taken);
  CHECK(q.push(message("5678")).taken);
  auto with_attachment = message("9");
  with_attachment.attachments = {"abcdef"};
  const auto p = q.push(with_attachment);
  CHECK(p.taken);
  CHECK(p.dropped == 2);
  const auto too_large = q.push(message("12345678901"));
  CHECK_FALSE(too_large.taken);
  CHECK(q.size() == 1);
  q.take("/");
  CHECK(q.push(message("1234567890")).dropped == 0); // what was taken counts no more
}

TEST_CASE("old messages expire from the front") {
  options o;
  offline_queue q(o);
  q.push(message("1", start + 1s));
  q.push(message("2", start + 2s));
  CHECK(q.next_deadline() == start + 1s);
  CHECK(q.expire(start + 1s) == 1);
  CHECK(q.next_deadline() == start + 2s);
  CHECK(q.expire(start + 9s) == 1);
  CHECK_FALSE(q.next_deadline());
}
