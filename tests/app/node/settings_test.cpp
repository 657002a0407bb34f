#include "app/node/settings.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;

TEST_CASE("a room rule changes what it sets and leaves the rest as for all rooms") {
  app::config c;
  c.rooms.history.max_messages = 77;
  c.rooms.dedup_ids = 5;
  c.rooms.rules.resize(2);
  c.rooms.rules[0].match = "chat:*";
  c.rooms.rules[0].history = true;
  c.rooms.rules[0].history_ttl = duration(9'000);
  c.rooms.rules[1].match = "x";
  c.rooms.rules[1].nsp = "/shop*";
  c.rooms.rules[1].history_max_messages = 3;
  CHECK(app::keep_history(c.rooms));
  const auto o = app::actor_options(c, 1);
  CHECK(!o.replicas.logged);
  REQUIRE(o.room_rules.size() == 2);
  const auto& chat = o.room_rules[0];
  CHECK(chat.nsp == "*");
  CHECK(chat.match == "chat:*");
  CHECK(chat.kind.replicas.logged);
  CHECK(chat.kind.replicas.dedup_ids == 5);
  CHECK(chat.kind.keep.max_entries == 77);
  CHECK(chat.kind.keep.ttl == duration(9'000));
  const auto& x = o.room_rules[1];
  CHECK(x.nsp == "/shop*");
  CHECK(!x.kind.replicas.logged);
  CHECK(x.kind.keep.max_entries == 3);
  CHECK(x.kind.keep.ttl == c.rooms.history.ttl);
}

TEST_CASE("a history that goes with its room stays as long as somebody may come back") {
  app::config c;
  c.rooms.history.enabled = true;
  c.rooms.rules.resize(1);
  c.rooms.rules[0].match = "tmp:*";
  c.rooms.rules[0].delete_with_room = true;
  const auto kind_of_rule = [&] { return app::actor_options(c, 1).room_rules.at(0).kind; };
  CHECK(kind_of_rule().delete_with_room);
  CHECK(kind_of_rule().rooms.idle_timeout == c.rooms.idle_timeout);
  c.recovery.enabled = true;
  CHECK(kind_of_rule().rooms.idle_timeout > c.recovery.window);
  c.rooms.idle_timeout = 10 * c.recovery.window;
  CHECK(kind_of_rule().rooms.idle_timeout == c.rooms.idle_timeout);
}
