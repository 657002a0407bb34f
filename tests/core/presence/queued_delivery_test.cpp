#include "core/presence/queued_delivery.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::presence;
using namespace std::chrono_literals;

namespace {

const time_point start{}, later = start + 5s;
const place one{{0, 1, 1}, "/"}, two{{0, 2, 1}, "/"}, chat{{0, 3, 1}, "/chat"}, far{{0, 1, 1}, "/", {7, 7}};

waiting message(std::string id, std::string nsp = "/") { return {std::move(id), "", std::move(nsp), "[]", {}}; }

std::vector<std::string> ids(const queued_delivery::gift& g) {
  std::vector<std::string> all;
  for (auto& w : g.what)
    all.push_back(w.id);
  return all;
}
using list = std::vector<std::string>;

struct fixture {
  explicit fixture(bool each_device = false) : d(true, tokens, each_device) {}
  std::uint64_t tokens = 0;
  queued_delivery d;
  std::vector<place> here;

  void come(const place& p) {
    here.push_back(p);
    d.on_socket_came();
  }
  void go(const place& p) {
    std::erase(here, p);
    d.on_socket_gone(p);
  }
  bool wants() const { return d.wants_to_read(here, start); }
  std::optional<queued_delivery::gift> read(std::vector<waiting> found, std::map<std::string, std::string> had = {}) {
    REQUIRE(wants());
    return d.on_read(d.begin_reading(), {std::move(found), std::move(had)}, here, later);
  }
  auto given(const queued_delivery::gift& g, bool taken = true) { return d.on_given(g.token, taken, here, later); }
};

} // namespace

TEST_CASE("the queue is read when somebody comes, and not again when nothing was there") {
  fixture f;
  CHECK_FALSE(f.wants());
  f.come(one);
  CHECK_FALSE(f.d.busy());
  CHECK_FALSE(f.read({}));
  f.come(two);
  CHECK_FALSE(f.wants());
  CHECK(f.d.at_rest());
  f.d.on_pushed();
  CHECK(f.wants());
}

TEST_CASE("newer messages wait until a socket has what was there before") {
  fixture f;
  f.come(one);
  const auto token = f.d.begin_reading();
  CHECK(f.d.busy());
  const auto g = f.d.on_read(token, {{message("1"), message("2")}, {}}, f.here, later);
  REQUIRE(g);
  CHECK(g->to == one);
  CHECK(ids(*g) == list{"1", "2"});
  CHECK(f.d.busy());
  CHECK_FALSE(f.given(*g));
  CHECK_FALSE(f.d.busy());
}

TEST_CASE("what waits for a namespace goes there, the rest waits for the next socket") {
  fixture f;
  f.come(chat);
  const auto g = f.read({message("1"), message("2", "/chat"), message("3"), message("4", "/chat")});
  REQUIRE(g);
  CHECK(ids(*g) == list{"2", "4"});
  CHECK_FALSE(f.given(*g));
  CHECK_FALSE(f.wants()); // not again and again
  f.come(one);
  const auto rest = f.read({message("1"), message("3")});
  REQUIRE(rest);
  CHECK(ids(*rest) == list{"1", "3"});
}

TEST_CASE("sockets in two namespaces are given theirs one after the other") {
  fixture f;
  f.come(one);
  f.here.push_back(chat);
  const auto first = f.read({message("1"), message("2", "/chat")});
  REQUIRE(first);
  const auto second = f.given(*first);
  REQUIRE(second);
  CHECK(second->to == chat);
  CHECK(ids(*second) == list{"2"});
}

TEST_CASE("nobody is given what another one has, as long as that one is there") {
  fixture f;
  f.come(one);
  const auto g = f.read({message("1")});
  f.given(*g);
  f.come(two);
  CHECK_FALSE(f.read({message("1")})); // not removed yet
  f.d.on_pushed();
  const auto newer = f.read({message("1"), message("2")});
  REQUIRE(newer);
  CHECK(ids(*newer) == list{"2"});
  f.given(*newer);
  f.go(one);
  const auto again = f.read({message("1"), message("2")}); // it went without acknowledging them
  REQUIRE(again);
  CHECK(again->to == two);
  CHECK(ids(*again) == list{"1", "2"});
}

TEST_CASE("a socket that was gone is followed by the next") {
  fixture f;
  f.come(one);
  const auto g = f.read({message("1")});
  f.go(one);
  CHECK_FALSE(f.given(*g, false));
  CHECK_FALSE(f.wants());
  f.come(two);
  const auto again = f.read({message("1")});
  REQUIRE(again);
  CHECK(again->to == two);
}

TEST_CASE("a gift that nobody answers is given again in time, an old answer changes nothing") {
  fixture f;
  f.come(far);
  const auto g = f.read({message("1")});
  CHECK(f.d.next_deadline() == later);
  f.d.on_time(later - 1ms);
  CHECK(f.d.busy());
  f.d.on_time(later);
  CHECK_FALSE(f.d.busy());
  const auto again = f.read({message("1")});
  REQUIRE(again);
  f.given(*g);
  CHECK(f.d.busy());
  f.given(*again);
  CHECK_FALSE(f.d.busy());
}

TEST_CASE("with its node goes what was on the way there") {
  fixture f;
  f.come(far);
  CHECK(f.read({message("1")}));
  f.here = {one};
  f.d.on_node_gone(far.node);
  const auto again = f.read({message("1")});
  REQUIRE(again);
  CHECK(again->to == one);
}

TEST_CASE("a queue that cannot be read holds nobody up and is tried again") {
  fixture f;
  f.come(one);
  f.d.on_read_failed(f.d.begin_reading(), start + 1s);
  CHECK_FALSE(f.d.busy());
  CHECK_FALSE(f.wants());
  CHECK(f.d.next_deadline() == start + 1s);
  CHECK(f.d.wants_to_read(f.here, start + 1s));
}

TEST_CASE("ids are older by number, not by spelling") {
  CHECK(is_before("", "0"));
  CHECK(is_before("9", "10"));
  CHECK(is_before("1718000000000-9", "1718000000000-10"));
  CHECK(is_before("1718000000000-9", "1718000000001-0"));
  CHECK_FALSE(is_before("1718000000001-0", "1718000000000-9"));
  CHECK_FALSE(is_before("7", "7"));
}

TEST_CASE("each device is given what it has not had, each socket what is new") {
  fixture f(true);
  place phone = one, tablet = two;
  phone.device = "phone";
  tablet.device = "tablet";
  f.come(phone);
  const auto first = f.read({message("8"), message("9"), message("10")}, {{"phone", "8"}});
  REQUIRE(first);
  CHECK(ids(*first) == list{"9", "10"});
  CHECK_FALSE(f.given(*first));
  f.come(tablet);
  const auto second = f.read({message("8"), message("9"), message("10")}, {{"phone", "8"}}); // the mark is on its way
  REQUIRE(second);
  CHECK(second->to == tablet);
  CHECK(ids(*second) == list{"8", "9", "10"});
  CHECK_FALSE(f.given(*second));
  f.d.on_pushed();
  const auto third = f.read({message("10"), message("11")});
  REQUIRE(third);
  CHECK(ids(*third) == list{"11"});
  const auto fourth = f.given(*third);
  REQUIRE(fourth);
  CHECK(fourth->to != third->to);
  CHECK(ids(*fourth) == list{"11"});
  CHECK_FALSE(f.given(*fourth));
  f.go(phone);
  f.come(phone);
  CHECK_FALSE(f.read({message("10"), message("11")}, {{"phone", "11"}}));
}

TEST_CASE("what a device was not known to have got is given again") {
  fixture f(true);
  f.come(far);
  REQUIRE(f.read({message("1")}));
  f.d.on_time(later);
  const auto again = f.read({message("1")});
  REQUIRE(again);
  CHECK(ids(*again) == list{"1"});
}
