// Clients that come back: what they get, in which order, and when they are told that they cannot have their session back.

#include "support/world.hpp"

#include "core/json/json_text.hpp"
#include "core/recovery/offset.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

using namespace troupe;
using namespace std::chrono_literals;
using test::lines;
using test::mentions;
using test::world;

namespace {

actors::options recovering() {
  actors::options o;
  o.recovery.namespaces = {"/"};
  o.rooms.announce_max_members = 0;
  return o;
}

/// As official clients do: they keep the last argument of the last event if it is a text, and show it with the pid.
class fan {
 public:
  fan(world& w, std::string user, std::uint16_t shard = 0) : world_(&w), user_(std::move(user)), client_(w.open(shard)) {
    client_.say(R"(40{"user":")" + user_ + "\"}");
    read();
  }

  /// On another connection; the one before may still be open.
  void come_back(std::uint16_t shard = 0) {
    client_ = world_->open(shard);
    heard_.clear();
    client_.say(R"(40{"user":")" + user_ + R"(","pid":")" + pid_ + "\"" + (offset_.empty() ? "" : R"(,"offset":")" + offset_ + "\"") + "}");
    read();
  }
  void drop() {
    read();
    client_.drop();
    world_->run();
  }
  void say(std::string_view wire) {
    client_.say(wire);
    read();
  }
  void join(const std::string& room) { say(R"(420["join_room",")" + room + "\"]"); }
  void leave(const std::string& room) { say(R"(420["leave_room",")" + room + "\"]"); }

  /// Texts of the messages got since the last call.
  lines heard() {
    read();
    return std::exchange(heard_, {});
  }
  const std::string& sid() const { return sid_; }
  const std::string& pid() const { return pid_; }
  bool recovered() const { return recovered_; }
  const std::string& why_not() const { return why_not_; }
  world::client& client() { return client_; }
  void show(std::string offset) { offset_ = std::move(offset); }
  void pretend(const std::string& user) { user_ = user; }

 private:
  void read() {
    for (auto& line : client_.heard())
      take(line);
  }
  void take(const std::string& line) {
    if (line.starts_with("40{")) {
      const std::string_view data = std::string_view(line).substr(2);
      sid_ = json::string_member(data, "sid").value_or("");
      const auto pid = json::string_member(data, "pid").value_or("");
      recovered_ = pid == pid_;
      pid_ = pid;
      if (!recovered_)
        offset_.clear();
      heard_.push_back(recovered_ ? "(recovered)" : "(new)");
    }
    if (!line.starts_with("42["))
      return;
    json::array_reader args(std::string_view(line).substr(2));
    const auto name = json::string_value(*args.next()).value_or("");
    std::vector<std::string_view> list;
    while (auto a = args.next())
      list.push_back(*a);
    if (name == "session:not_recovered")
      why_not_ = json::string_member(list.at(0), "code").value_or("");
    if (name == "new_message")
      heard_.push_back(json::string_member(list.at(0), "message").value_or("?"));
    if (list.empty())
      offset_ = name; // clients look at the name, too
    else if (auto text = json::string_value(list.back()))
      offset_ = *text;
  }

  world* world_;
  std::string user_, sid_, pid_, offset_, why_not_;
  bool recovered_ = false;
  lines heard_;
  world::client client_;
};

void publish(world& w, const std::string& room, const std::string& text) {
  logic::publish p;
  p.room = room;
  p.event = "new_message";
  p.args.json = R"({"message":")" + text + "\"}";
  w.layer->publish("/", std::move(p));
  w.run();
}

/// Hears one message in the room, and then misses as many as are said.
void hear_one_and_miss(world& w, fan& who, const std::string& room, int more) {
  who.join(room);
  publish(w, room, "one");
  who.drop();
  for (int i = 0; i < more; ++i)
    publish(w, room, "more");
  who.come_back();
}

} // namespace

TEST_CASE("a client that comes back gets what it missed, then its session, then what is said now", "[recovery]") {
  world w(recovering());
  fan ann(w, "ann");
  const auto sid = ann.sid();
  CHECK(ann.pid().size() == 20);
  ann.join("r");
  publish(w, "r", "one");
  CHECK(ann.heard() == lines{"(new)", "one"});
  ann.drop();
  publish(w, "r", "two");
  publish(w, "r", "three");
  ann.come_back(1);
  CHECK(ann.recovered());
  CHECK(ann.sid() == sid);
  publish(w, "r", "four");
  CHECK(ann.heard() == lines{"two", "three", "(recovered)", "four"});
  CHECK(w.counts.recoveries.get() == 1);
  CHECK(w.counts.made_up.get() == 2);
  CHECK(w.counts.memberships.get() == 1);

  SECTION("as often as it likes") {
    for (int i = 0; i < 5; ++i) {
      ann.drop();
      publish(w, "r", "again");
      ann.come_back(static_cast<std::uint16_t>(i % 2));
      CHECK(ann.heard() == lines{"again", "(recovered)"});
      CHECK(ann.sid() == sid);
    }
  }
  SECTION("also when nothing was said, and after a long time with nothing to hear") {
    ann.drop();
    ann.come_back();
    CHECK(ann.heard() == lines{"(recovered)"});
    w.advance(duration(3'600'000));
    ann.drop();
    publish(w, "r", "late");
    ann.come_back();
    CHECK(ann.heard() == lines{"late", "(recovered)"});
  }
}

TEST_CASE("a session in a room without history is not recovered: nobody knows what was said there", "[recovery]") {
  auto o = recovering();
  o.room_rules = {{"*", "tmp:*", o}};
  world w(o);
  fan ann(w, "ann");
  ann.join("r");
  ann.join("tmp:1");
  publish(w, "tmp:1", "one");
  publish(w, "r", "two");
  CHECK(ann.heard() == lines{"(new)", "one", "two"});

  SECTION("also when nothing was") {
    ann.drop();
    ann.come_back();
    CHECK(ann.why_not() == "history_off");
  }
  SECTION("also when the room has ended meanwhile, and counts from 1 again") {
    ann.drop();
    w.advance(duration(61'000));
    publish(w, "tmp:1", "three");
    ann.come_back();
    CHECK(ann.why_not() == "history_off");
    CHECK(w.counts.memberships.get() == 0);
  }
  SECTION("unless the client has left that room") {
    ann.leave("tmp:1");
    ann.drop();
    publish(w, "tmp:1", "three");
    publish(w, "r", "four");
    ann.come_back();
    CHECK(ann.heard() == lines{"four", "(recovered)"});
  }
}

TEST_CASE("a client that comes back finds the history of a room that would go with its members", "[recovery]") {
  auto o = recovering();
  actors::room_kind passing = o;
  passing.replicas.logged = true;
  passing.delete_with_room = true;
  passing.rooms.idle_timeout = duration(130'000); // longer than sessions wait
  o.room_rules = {{"*", "tmp:*", passing}};
  world w(o);
  fan ann(w, "ann");
  ann.join("tmp:1");
  publish(w, "tmp:1", "one");
  CHECK(ann.heard() == lines{"(new)", "one"});
  ann.drop();
  publish(w, "tmp:1", "two");
  w.advance(duration(100'000));
  ann.come_back();
  CHECK(ann.heard() == lines{"two", "(recovered)"});
  ann.drop();
  w.advance(duration(131'000));
  CHECK(w.counts.histories_deleted.get() == 1);
  publish(w, "tmp:1", "three");
  ann.come_back();
  CHECK(ann.why_not() == "session_unknown");
}

TEST_CASE("a client that never got an event gets all that was said since it joined", "[recovery]") {
  world w(recovering());
  publish(w, "r", "before");
  fan ann(w, "ann");
  ann.join("r");
  ann.drop();
  publish(w, "r", "one");
  publish(w, "r", "two");
  ann.come_back();
  CHECK(ann.heard() == lines{"one", "two", "(recovered)"});
}

TEST_CASE("what was on its way when the connection broke is sent again, and nothing else", "[recovery]") {
  world w(recovering());
  fan ann(w, "ann");
  for (auto room : {"a", "b", "c"})
    ann.join(room);
  publish(w, "a", "a1");
  publish(w, "b", "b1");
  publish(w, "a", "a2");
  CHECK(ann.heard() == lines{"(new)", "a1", "b1", "a2"});
  publish(w, "b", "b2"); // written, but the client is gone
  publish(w, "c", "c1");
  publish(w, "a", "a3");
  ann.client().heard();
  ann.client().drop();
  w.run();
  publish(w, "b", "b3");
  ann.come_back(1);
  auto heard = ann.heard();
  REQUIRE(heard.size() == 5);
  CHECK(heard.back() == "(recovered)");
  heard.pop_back();
  std::sort(heard.begin(), heard.end());
  CHECK(heard == lines{"a3", "b2", "b3", "c1"});
}

TEST_CASE("a client that comes back before its old connection is known to be gone takes the session over", "[recovery]") {
  world w(recovering());
  fan ann(w, "ann");
  ann.join("r");
  publish(w, "r", "one");
  CHECK(ann.heard() == lines{"(new)", "one"});
  const auto old = ann.client().ref;
  publish(w, "r", "two");
  ann.client().heard(); // into the dead transport
  ann.come_back(1);
  CHECK(ann.heard() == lines{"two", "(recovered)"});
  CHECK(!w.closed_for(old).empty());
  CHECK(w.counts.takeovers.get() == 1);
  publish(w, "r", "three");
  CHECK(ann.heard() == lines{"three"});
  CHECK(w.counts.sockets.get() == 1);
  CHECK(w.counts.memberships.get() == 1);

  SECTION("and its late end does not end the session") {
    ann.drop();
    ann.come_back();
    CHECK(ann.recovered());
  }
}

TEST_CASE("a session is not given to others, nor to those who said goodbye", "[recovery]") {
  world w(recovering());
  fan ann(w, "ann");
  ann.join("r");
  publish(w, "r", "one");
  ann.heard();

  SECTION("another user") {
    ann.drop();
    ann.pretend("eve");
    ann.come_back();
    CHECK(ann.heard().at(0) == "(new)");
    CHECK(ann.why_not() == "session_unknown");
  }
  SECTION("a goodbye") {
    ann.say("41");
    ann.drop();
    ann.come_back();
    CHECK(!ann.recovered());
    CHECK(ann.why_not() == "session_unknown");
  }
  SECTION("too late") {
    ann.drop();
    w.advance(duration(120'000));
    ann.come_back();
    CHECK(ann.why_not() == "session_unknown");
  }
  SECTION("an offset that is none of ours") {
    ann.drop();
    ann.show("hello");
    ann.come_back();
    CHECK(ann.why_not() == "offset_unknown");
    publish(w, "r", "two");
    CHECK(!mentions(ann.heard(), "two")); // a new session is in no room
  }
  SECTION("a user whom the authenticator refuses") {
    ann.drop();
    ann.pretend("mallory");
    const auto before = w.counts.recoveries_asked.get();
    ann.come_back();
    CHECK(w.counts.recoveries_asked.get() == before);
  }
}

TEST_CASE("an event that ends with a text makes nobody forget what it has", "[recovery]") {
  world w(recovering());
  fan ann(w, "ann");
  ann.join("r");
  publish(w, "r", "one");
  w.advance(duration(5'000));
  const auto say_text = [&](std::string name, std::string json) {
    logic::broadcast b;
    b.event = std::move(name);
    b.args.json = std::move(json);
    w.layer->broadcast({}, std::move(b));
    w.run();
  };
  SECTION("its last argument") { say_text("note", R"({"a":1},"text" )"); }
  SECTION("its name") { say_text("note", ""); }
  CHECK(ann.heard() == lines{"(new)", "one"});
  ann.drop();
  publish(w, "r", "two");
  ann.come_back();
  CHECK(ann.recovered());
  CHECK(ann.heard() == lines{"two", "(recovered)"});
}

TEST_CASE("rooms that were left are not in the session any more", "[recovery]") {
  world w(recovering());
  fan ann(w, "ann");
  ann.join("a");
  ann.join("b");
  ann.leave("a");
  ann.drop();
  publish(w, "a", "a1");
  publish(w, "b", "b1");
  ann.come_back();
  CHECK(ann.heard() == lines{"b1", "(recovered)"});
}

TEST_CASE("a session that was taken in vain is its client's again", "[recovery]") {
  world w(recovering());
  fan ann(w, "ann");
  // A connection that ended before Redis had answered it, and was answered after all.
  const recovery::stay dead{{9, 9}, {}};
  w.sessions->take(ann.pid(), dead, [](auto) {});
  ann.client().say(R"(421["join_room","a"])");
  CHECK(!mentions(ann.client().heard(), "431["));

  SECTION("when that connection's node gives it back") {
    w.sessions->give_back(ann.pid(), dead);
    w.advance(1s);
    CHECK(mentions(ann.client().heard(), "431["));
  }
  SECTION("when the client speaks") {
    ann.client().say(R"(42["anything"])");
    CHECK(mentions(ann.client().heard(), "431["));
  }
  ann.drop();
  publish(w, "a", "a1");
  ann.come_back();
  CHECK(ann.heard() == lines{"a1", "(recovered)"});
}

TEST_CASE("a history that does not reach back is said openly", "[recovery]") {
  auto o = recovering();
  o.keep.max_entries = 3;
  world w(o);
  fan ann(w, "ann");
  hear_one_and_miss(w, ann, "r", 10);
  CHECK(!ann.recovered());
  CHECK(ann.why_not() == "history_gone");
  CHECK(w.counts.not_recovered.snapshot().at("history_gone") == 1);
  publish(w, "r", "now");
  CHECK(ann.heard() == lines{"(new)"});
  CHECK(w.counts.memberships.get() == 0);
}

TEST_CASE("a room that ended meanwhile is made again for who comes back", "[recovery]") {
  auto o = recovering();
  o.rooms.idle_timeout = 1s;
  o.limit.max_rooms = 1;
  world w(o);
  fan ann(w, "ann");
  ann.join("r");
  publish(w, "r", "one");
  ann.drop();
  publish(w, "r", "two");
  w.advance(5s);
  REQUIRE(w.counts.rooms.get() == 0);

  SECTION("and its log knows what was missed") {
    ann.come_back(1);
    CHECK(ann.recovered());
    CHECK(ann.heard() == lines{"two", "(recovered)"});
    publish(w, "r", "three");
    CHECK(ann.heard() == lines{"three"});
  }
  SECTION("or is refused where there is no place for it") {
    fan bob(w, "bob");
    bob.join("other");
    ann.come_back(1);
    CHECK(ann.why_not() == "room_limit");
    CHECK(ann.heard() == lines{"(new)"});
  }
}

TEST_CASE("who missed more than is made up for begins anew", "[recovery]") {
  auto o = recovering();
  o.recovery.max_missed = 5;
  world w(o);
  fan ann(w, "ann");
  hear_one_and_miss(w, ann, "r", 6);
  CHECK(ann.why_not() == "too_much_missed");
}

TEST_CASE("a sender does not get its own messages when it comes back", "[recovery]") {
  world w(recovering());
  fan ann(w, "ann"), bob(w, "bob", 1);
  ann.join("r");
  bob.join("r");
  publish(w, "r", "one");
  ann.heard();
  ann.say(R"(420["chat:message",{"room":"r","message":"mine"}])");
  bob.say(R"(420["chat:message",{"room":"r","message":"his"}])");
  ann.client().heard(); // lost on the way
  ann.client().drop();
  w.run();
  ann.come_back();
  CHECK(ann.heard() == lines{"his", "(recovered)"});
}

TEST_CASE("namespaces come back one by one, others as they are", "[recovery]") {
  world w(recovering());
  auto c = w.open();
  c.say(R"(40/chat,{"user":"ann"})");
  const auto heard = c.heard();
  REQUIRE(heard.size() == 1);
  CHECK(!mentions(heard, "pid"));
}

TEST_CASE("a history that cannot be read costs the session, not the connection", "[recovery]") {
  world w(recovering());
  fan ann(w, "ann");
  ann.join("r");
  publish(w, "r", "one");
  ann.drop();
  publish(w, "r", "two");
  w.history->set_up(false);
  ann.come_back();
  CHECK(ann.heard() == lines{"(new)"});
  CHECK(ann.why_not() == "log_unavailable");

  SECTION("and the next one is a session like others") {
    w.history->set_up(true);
    w.advance(duration(5'000));
    ann.join("r");
    ann.drop();
    publish(w, "r", "three");
    ann.come_back();
    CHECK(ann.heard() == lines{"three", "(recovered)"});
  }
}
