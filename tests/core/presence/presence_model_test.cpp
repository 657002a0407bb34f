#include "core/presence/presence_model.hpp"

#include "core/presence/presence_texts.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::presence;
using namespace std::chrono_literals;

namespace {

const time_point start{};
const place one{{0, 1, 1}, "/"}, two{{1, 2, 1}, "/"}, chat{{0, 3, 1}, "/chat"};

struct fixture {
  options o;
  std::shared_ptr<ledger> book;
  presence_model model() {
    if (!book)
      book = std::make_shared<ledger>();
    return {o, book, start};
  }
};

} // namespace

TEST_CASE("a user is online from the first socket until a while after the last") {
  fixture f;
  auto m = f.model();
  CHECK_FALSE(m.now().online);
  m.on_connect(one, start, 100);
  CHECK(m.now().online);
  m.on_connect(two, start, 110);
  m.on_connect(two, start, 120);
  CHECK(m.sockets().size() == 2);
  m.on_disconnect(one, start + 1s, 200);
  CHECK_FALSE(m.on_time(start + 1h).went_offline);
  m.on_disconnect(two, start + 1h, 300);
  CHECK(m.now().online);
  CHECK(m.next_deadline() == start + 1h + 2s);
  CHECK_FALSE(m.on_time(start + 1h + 1s).went_offline);
  CHECK(m.on_time(start + 1h + 2s).went_offline);
  CHECK_FALSE(m.now().online);
  CHECK(m.now().last_seen == 300);
}

TEST_CASE("coming back in time is not seen") {
  fixture f;
  auto m = f.model();
  m.on_connect(one, start, 0);
  m.on_disconnect(one, start, 0);
  CHECK(m.undecided());
  m.on_connect(two, start + 1s, 0);
  CHECK_FALSE(m.undecided());
  CHECK_FALSE(m.on_time(start + 5s).went_offline);
}

TEST_CASE("a status word lasts while the user is online") {
  fixture f;
  auto m = f.model();
  CHECK_FALSE(m.on_status("away", start)); // nobody is there
  m.on_connect(one, start, 0);
  CHECK(m.on_status("away", start));
  CHECK_FALSE(m.on_status("away", start));
  CHECK(m.now().status == "away");
  m.on_disconnect(one, start, 0);
  m.on_time(start + 3s);
  CHECK(m.now().status == "offline");
  m.on_connect(one, start + 4s, 0);
  CHECK(m.now().status == "online");
}

TEST_CASE("watchers are kept once and in bounds") {
  fixture f;
  f.o.max_watchers = 1;
  auto m = f.model();
  CHECK(m.on_watch(one, start).has_value());
  CHECK(m.on_watch(one, start).has_value());
  CHECK(m.on_watch(two, start).error().code == "too_many_watchers");
  m.on_unwatch(one, start);
  CHECK(m.on_watch(two, start).has_value());
  CHECK(m.watchers() == std::vector{two});
}

TEST_CASE("a direct message is delivered, queued or merely sent") {
  fixture f;
  f.o.queue.max_bytes = 1'000;
  auto m = f.model();
  CHECK(m.on_direct("x", "", "/", 10, start, 1).status == delivery_status::queued);
  CHECK(m.on_direct("x", "", "/", 1'000, start, 1).status == delivery_status::sent); // too large to keep
  m.on_connect(chat, start, 0);
  CHECK(m.on_direct("x", "", "/", 10, start, 1).status == delivery_status::queued);  // not in this namespace
  m.on_connect(one, start, 0);
  const auto d = m.on_direct("x", "id", "/", 10, start, 5);
  CHECK(d.status == delivery_status::delivered);
  CHECK(d.seq == 4);
  const auto again = m.on_direct("x", "id", "/", 10, start, 9);
  CHECK(again.duplicate);
  CHECK(again.ts == 5);
  CHECK_FALSE(m.on_direct("y", "id", "/", 10, start, 9).duplicate);
  f.o.queue_offline = false;
  CHECK(m.on_direct("x", "", "/none", 10, start, 1).status == delivery_status::sent);
}

TEST_CASE("an entry is idle when nobody is there or watches") {
  fixture f;
  auto m = f.model();
  CHECK(m.on_time(start + 60s).idle);
  m.on_watch(one, start + 60s).value();
  CHECK_FALSE(m.on_time(start + 1h).idle);
  m.on_unwatch(one, start + 1h);
  CHECK_FALSE(m.on_time(start + 1h + 59s).idle);
  CHECK(m.on_time(start + 1h + 60s).idle);
}

TEST_CASE("a message that could not be queued is a new one when it comes again") {
  fixture f;
  auto m = f.model();
  CHECK(m.on_direct("x", "id", "/", 10, start, 1).status == delivery_status::queued);
  CHECK(m.on_direct("x", "id", "/", 10, start, 1).duplicate);
  m.forget("x", "id");
  CHECK_FALSE(m.on_direct("x", "id", "/", 10, start, 1).duplicate);
}

TEST_CASE("an entry of a user who goes, and to whom nobody ever wrote, is idle at once") {
  fixture f;
  auto m = f.model();
  m.on_connect(one, start, 0);
  m.on_disconnect(one, start, 0);
  const auto gone = m.on_time(start + 60s);
  CHECK(gone.went_offline);
  CHECK(gone.idle);
  m.on_connect(one, start + 60s, 0);
  m.on_direct("x", "", "/", 10, start + 60s, 1);
  m.on_disconnect(one, start + 60s, 0);
  const auto remembered = m.on_time(start + 90s);
  CHECK(remembered.went_offline);
  CHECK_FALSE(remembered.idle); // the next message's place is counted from here
  CHECK(m.on_time(start + 160s).idle);
}

TEST_CASE("a successor counts as online until sockets had the time to report") {
  fixture f;
  auto m = f.model();
  m.recover(start);
  CHECK(m.now().online);
  m.on_connect(one, start + 1s, 0);
  CHECK_FALSE(m.on_time(start + 1h).went_offline);
  auto lonely = f.model();
  lonely.recover(start);
  CHECK(lonely.on_time(start + 2s).went_offline);
}

TEST_CASE("what watchers and senders read") {
  CHECK(state_text("ann", {true, "away", 5}) == R"({"userId":"ann","status":"away","lastSeen":5})");
  CHECK(state_text("ann", {false, "offline", {}}) == R"({"userId":"ann","status":"offline","lastSeen":null})");
  CHECK(online_text("ann") == R"({"userId":"ann"})");
  CHECK(offline_text("ann", {false, "offline", 5}) == R"({"userId":"ann","lastSeen":5})");
  CHECK(sent_text("m", "queued") == R"({"id":"m","status":"queued"})");
}

TEST_CASE("nobody is gone before all have reported") {
  fixture f;
  auto m = f.model();
  m.all_reported(false);
  CHECK(m.undecided());
  m.on_restore({}, {}, {}, true, start, 500);
  CHECK(m.now().online);
  CHECK_FALSE(m.next_deadline());
  CHECK_FALSE(m.on_time(start + 1h).went_offline);
  m.all_reported(true);
  CHECK(m.next_deadline() == start + 2s);
  CHECK(m.on_time(start + 1h).went_offline);
  CHECK(m.now().last_seen == 500);
}

TEST_CASE("the time at which a user was seen never goes back") {
  fixture f;
  auto m = f.model();
  m.seen(300);
  m.on_connect(one, start, 200);
  CHECK(m.now().last_seen == 300);
  m.on_disconnect(one, start, 250);
  CHECK(m.now().last_seen == 300);
  m.seen(400);
  CHECK(m.now().last_seen == 400);
}
