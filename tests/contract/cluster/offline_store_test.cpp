// What ports/offline_store.hpp promises.

#include "backends/memory/memory_offline_store.hpp"
#include "backends/redis/redis_offline_store.hpp"
#include "support/redis_world.hpp"

#include <catch2/catch_template_test_macros.hpp>

#include <thread>
#include <tuple>

namespace cluster_tests {
namespace {

using ports::pushed;
using ports::queue_bounds;
using ports::queue_content;
using ports::waiting;
using list = std::vector<std::string>;

/// Two nodes that share their queues.
struct in_memory {
  memory::memory_offline_store all{3};
  ports::offline_store& a = all;
  ports::offline_store& b = all;
};
struct in_redis {
  redis_world world;
  redis::redis_offline_store one{world.client(), "test:"}, other{world.client(), "test:"};
  ports::offline_store& a = one;
  ports::offline_store& b = other;
};
using stores = std::tuple<in_memory, in_redis>;

const queue_bounds most;

waiting message(std::string data, std::string name = "", std::vector<std::string> attachments = {}) {
  return {"", std::move(name), "/chat", std::move(data), std::move(attachments)};
}
pushed push(ports::offline_store& s, const std::string& user, waiting w, const queue_bounds& q = most) {
  const auto r = ask<pushed>([&](auto done) { s.push(user, std::move(w), q, done); });
  REQUIRE(r.has_value());
  return *r;
}
std::vector<waiting> read(ports::offline_store& s, const std::string& user, const queue_bounds& q = most) {
  const auto r = ask<queue_content>([&](auto done) { s.read(user, q, done); });
  REQUIRE(r.has_value());
  return r->messages;
}
list texts(ports::offline_store& s, const std::string& user, const queue_bounds& q = most) {
  list all;
  for (auto& w : read(s, user, q))
    all.push_back(w.data);
  return all;
}
std::size_t remove(ports::offline_store& s, const std::string& user, list ids) {
  const auto r = ask<std::size_t>([&](auto done) { s.remove(user, std::move(ids), done); });
  REQUIRE(r.has_value());
  return *r;
}

} // namespace

TEMPLATE_LIST_TEST_CASE("what waits is found by every node, in order, until it is removed", "", stores) {
  TestType w;
  CHECK(read(w.a, "bob").empty());
  const std::string binary("\0\xff{\r\n", 5);
  push(w.a, "bob", message(R"(["e",1])", "", {binary, ""}));
  push(w.b, "bob", message("2"));
  push(w.a, "bob", message("3"));
  push(w.a, "ann", message("hers"));
  const auto found = read(w.b, "bob");
  REQUIRE(found.size() == 3);
  CHECK(found[0].nsp == "/chat");
  CHECK(found[0].data == R"(["e",1])");
  CHECK(found[0].attachments == list{binary, ""});
  CHECK(remove(w.b, "bob", {found[0].id, found[2].id}) == 2);
  CHECK(remove(w.a, "bob", {found[0].id}) == 0);
  CHECK(texts(w.a, "bob") == list{"2"});
  CHECK(remove(w.a, "bob", {found[1].id}) == 1);
  CHECK(read(w.a, "bob").empty());
  push(w.a, "bob", message("4"));
  CHECK(texts(w.b, "bob") == list{"4"});
  CHECK(texts(w.b, "ann") == list{"hers"});
}

TEMPLATE_LIST_TEST_CASE("the oldest give way, by count and by bytes", "", stores) {
  TestType w;
  const queue_bounds three{3, 10};
  for (const std::string text : {"1", "2", "3"})
    CHECK(push(w.a, "bob", message(text), three).dropped == 0);
  CHECK(push(w.a, "bob", message("4"), three).dropped == 1);
  CHECK(texts(w.a, "bob") == list{"2", "3", "4"});
  CHECK(push(w.a, "bob", message("12345678"), three).dropped == 1);
  CHECK(texts(w.a, "bob") == list{"3", "4", "12345678"});
  CHECK(push(w.a, "bob", message("5", "", {"678901234"}), three).dropped == 3);
  CHECK(texts(w.a, "bob") == list{"5"});
}

TEMPLATE_LIST_TEST_CASE("one name is queued once, for each user", "", stores) {
  TestType w;
  CHECK_FALSE(push(w.a, "bob", message("1", "n")).known);
  CHECK(push(w.b, "bob", message("again", "n")).known);
  CHECK_FALSE(push(w.b, "ann", message("1", "n")).known);
  remove(w.a, "bob", {read(w.a, "bob").front().id});
  CHECK(push(w.b, "bob", message("again", "n")).known); // delivered, and still known
  CHECK(read(w.a, "bob").empty());
}

TEMPLATE_LIST_TEST_CASE("what is too old waits no longer", "", stores) {
  TestType w;
  constexpr duration ttl{400};
  const queue_bounds brief{100, 1'000, ttl, duration(200)};
  push(w.a, "bob", message("1", "n"), brief);
  std::this_thread::sleep_for(ttl / 2 + 50ms);
  CHECK_FALSE(push(w.a, "bob", message("2", "n"), brief).known); // so is its name
  std::this_thread::sleep_for(ttl / 2 + 50ms);
  CHECK(texts(w.b, "bob", brief) == list{"2"});
  std::this_thread::sleep_for(ttl);
  CHECK(read(w.b, "bob", brief).empty());
}

TEMPLATE_LIST_TEST_CASE("odd names of users do not meet", "", stores) {
  TestType w;
  const list users{"a{b}", "a%7Bb%7D", std::string("a\0b", 3)};
  for (auto& u : users)
    push(w.a, u, message(u));
  for (auto& u : users)
    CHECK(texts(w.b, u) == list{u});
}

TEMPLATE_LIST_TEST_CASE("what a device has had is known by its newest id", "", stores) {
  TestType w;
  for (const std::string text : {"1", "2", "3"})
    push(w.a, "bob", message(text));
  const auto all = read(w.a, "bob");
  REQUIRE(all.size() == 3);
  const auto mark = [&](const std::string& device, const std::string& id, std::size_t most_devices = 32) {
    queue_bounds q;
    q.max_devices = most_devices;
    const auto r = ask<bool>([&](auto done) { w.b.mark("bob", device, id, q, done); });
    REQUIRE(r.has_value());
    return *r;
  };
  const auto had = [&] {
    const auto r = ask<queue_content>([&](auto done) { w.a.read("bob", most, done); });
    REQUIRE(r.has_value());
    return r->had;
  };
  CHECK(had().empty());
  CHECK(mark("phone", all[1].id));
  CHECK_FALSE(mark("phone", all[0].id));
  CHECK(mark("", all[0].id));
  CHECK(had() == std::map<std::string, std::string>{{"phone", all[1].id}, {"", all[0].id}});
  CHECK(mark("tablet", all[2].id, 2)); // one too many: that with the oldest goes
  CHECK(had() == std::map<std::string, std::string>{{"phone", all[1].id}, {"tablet", all[2].id}});
  CHECK(texts(w.b, "bob") == list{"1", "2", "3"});
}

TEST_CASE("memory has no place for one user too many") {
  memory::memory_offline_store s(2);
  push(s, "a", message("1"));
  push(s, "b", message("1"));
  const auto r = ask<pushed>([&](auto done) { s.push("c", message("1"), most, done); });
  REQUIRE_FALSE(r.has_value());
  CHECK(r.error().code == "offline_unavailable");
  push(s, "b", message("2"));
  remove(s, "a", {read(s, "a").front().id});
  push(s, "c", message("1"));
  CHECK(s.users() == 2);
}

TEST_CASE("memory lets go of users whose messages are too old") {
  time_point now{};
  memory::memory_offline_store s(1'000, [&] { return now; });
  const queue_bounds minute{100, 1'000, duration(60'000)};
  for (int i = 0; i < 500; ++i)
    push(s, "old" + std::to_string(i), message("1"), minute);
  now += 61s;
  for (int i = 0; i < 2'000 && s.users() > 1; ++i)
    push(s, "new", message("1"), minute);
  CHECK(s.users() == 1);
}

} // namespace cluster_tests
