#include "core/cluster/node_lab.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::cluster;
using namespace std::chrono_literals;

namespace {

using slot_list = std::vector<std::uint16_t>;

const node_record b = node_lab::record("b", 2, 200), c = node_lab::record("c", 3, 300);
const node_record b_again = node_lab::record("b", 2, 201);

} // namespace

TEST_CASE("a node alone claims everything once it has looked around") {
  node_lab lab;
  lab.start();
  CHECK(lab.any<do_renew>());
  CHECK(lab.any<do_read>());
  lab.renewed_ok();
  lab.see();
  CHECK_FALSE(lab.any<do_claim>());
  CHECK_FALSE(lab.m.ready());
  lab.pass(299ms);
  CHECK_FALSE(lab.any<do_read>());
  lab.pass(1ms);
  CHECK(lab.any<do_read>());
  lab.see();
  REQUIRE(lab.claimed().size() == lab_slots);
  const auto claim = lab.all<do_claim>().front().claims.front();
  CHECK(claim.expected == slot_record{});
  CHECK(claim.at_least >= static_cast<std::uint64_t>(lab.wall));
  CHECK(claim.at_least % 1'024 == 1); // no other number can come to this epoch
  lab.grant();
  REQUIRE(lab.all<slots_moved>().size() == 1);
  CHECK(lab.told<taken>("").size() == 1);
  CHECK_FALSE(lab.m.home_of(0).open);
  lab.rooms_report();
  CHECK(lab.all<slots_opened>().front().slots.size() == lab_slots);
  CHECK(lab.m.home_of(0).open);
  CHECK(lab.m.slots_owned() == lab_slots);
  CHECK(lab.m.ready());
}

TEST_CASE("nodes that start together claim what is theirs, and what others leave only later") {
  node_lab lab;
  lab.add(b);
  lab.settle();
  const auto mine = lab.best_for("me", {"me", "b"});
  CHECK(lab.claimed() == mine);
  lab.grant();
  lab.pass(400ms - 1ms);
  CHECK_FALSE(lab.any<do_claim>());
  lab.pass(1ms);
  CHECK(lab.claimed() == lab.best_for("b", {"me", "b"}));
}

TEST_CASE("the lease counts from the sending of its renewal") {
  node_lab lab;
  lab.start();
  lab.now += 4s;
  lab.last = lab.m.on_renewed(renewed{lab.mark, 1}, lab.now - 4s, lab.now, lab.wall);
  CHECK(lab.any<do_renew>()); // it is late
  lab.see();
  lab.pass(300ms);
  lab.see();
  CHECK(lab.any<do_claim>());
  lab.grant();
  lab.rooms_report();
  CHECK(lab.m.ready());
  lab.pass(700ms);
  CHECK_FALSE(lab.m.ready());
}

TEST_CASE("a node whose name is taken gives up, but not for the lease of its own former life") {
  node_lab lab;
  lab.start();
  lab.renew_fails({"node_id_taken", "taken."});
  CHECK_FALSE(lab.any<give_up>());
  CHECK(lab.m.registry_up());
  lab.pass(6'900ms);
  CHECK(lab.any<do_renew>());
  SECTION("the lease ran out") {
    lab.renewed_ok();
    lab.pass(1s);
    lab.renew_fails({"node_id_taken", "taken."});
    CHECK_FALSE(lab.any<give_up>());
  }
  SECTION("a namesake lives") {
    lab.renew_fails({"node_id_taken", "taken."});
    lab.pass(500ms);
    lab.renew_fails({"node_id_taken", "taken."});
    REQUIRE(lab.any<give_up>());
    CHECK(lab.all<give_up>().front().why.code == "node_id_taken");
    CHECK(lab.m.next_deadline() == time_point::max());
  }
}

TEST_CASE("a number that is taken at the start is given up at once, a lost one not before its lease is over") {
  node_lab lab;
  lab.start();
  SECTION("at the start") {
    lab.renew_fails({"node_number_taken", "taken."});
    REQUIRE(lab.any<give_up>());
    CHECK(lab.all<give_up>().front().why.code == "node_number_taken");
  }
  SECTION("lost in a registry that forgot") {
    lab.renewed_ok();
    lab.pass(1s);
    lab.renew_fails({"node_number_taken", "taken."});
    CHECK_FALSE(lab.any<give_up>());
    lab.pass(7'001ms);
    lab.renew_fails({"node_number_taken", "taken."});
    CHECK(lab.any<give_up>());
  }
}

TEST_CASE("a node that starts is ready when it is linked to everybody, was refused, or has waited") {
  node_lab lab;
  lab.add(b);
  lab.add(c);
  for (std::uint16_t slot = 0; slot < lab_slots; ++slot)
    lab.own(b, slot, 50);
  lab.start();
  CHECK(lab.m.links_awaited() == 0); // it knows nobody yet
  lab.renewed_ok();
  lab.see();
  CHECK(lab.m.links_awaited() == 2);
  lab.link_up(b);
  lab.pass(300ms);
  lab.see();
  CHECK(lab.m.slots_without_home() == 0);
  CHECK_FALSE(lab.m.ready());
  CHECK(lab.m.links_awaited() == 1);
  SECTION("linked") {
    lab.link_up(c);
    CHECK(lab.m.ready());
    lab.link_down(c, link_end::reset);
    CHECK(lab.m.ready());
  }
  SECTION("refused") {
    lab.link_down(c, link_end::refused);
    CHECK(lab.m.ready());
  }
  SECTION("its lease runs out") {
    lab.drop(c);
    lab.see();
    CHECK(lab.m.ready());
  }
  SECTION("waited for in vain") {
    CHECK(lab.m.next_deadline() <= lab.now + 2'700ms);
    lab.pass(2'699ms);
    CHECK_FALSE(lab.m.ready());
    lab.renewed_ok();
    lab.pass(1ms);
    CHECK(lab.m.ready());
    CHECK(lab.m.links_awaited() == 0);
  }
}

TEST_CASE("a pinned slot goes to the node of its pin while that lives") {
  node_lab lab(16);
  lab.add(b);
  const auto bs = lab.best_for("b", {"me", "b"}).front(), mine = lab.best_for("me", {"me", "b"}).front();
  for (std::uint16_t slot = 0; slot < lab_slots; ++slot)
    lab.own(b, slot, 50);
  for (auto slot : lab.best_for("me", {"me", "b"}))
    lab.own(lab.me, slot, 50);
  lab.pins = {{bs, {"me", "lobby"}}, {mine, {"b", "hall"}}};
  lab.settle();
  CHECK(lab.claimed() == slot_list{bs});
  lab.grant();
  lab.rooms_report();
  SECTION("the pin is taken away") {
    lab.pins.clear();
    lab.see();
    lab.pass(1s);
    CHECK_FALSE(lab.any<do_claim>()); // b takes it back by itself
  }
  SECTION("the pinned node dies") {
    lab.link_down(b, link_end::refused);
    const auto claimed = lab.claimed();
    CHECK(claimed.size() == lab_slots - lab.best_for("me", {"me", "b"}).size() - 1);
  }
}

TEST_CASE("another number of slots, or a younger namesake, ends a node at once") {
  node_lab lab;
  lab.start();
  SECTION("slots") { lab.renew_fails({"wrong_slot_count", "other."}); }
  SECTION("namesake") {
    lab.nodes = {{node_lab::record("me", 1, 101), 5s}};
    lab.see();
  }
  CHECK(lab.any<give_up>());
  lab.pass(1s);
  CHECK(lab.last.empty());
}

TEST_CASE("whoever takes slots is followed, and told when the rooms have turned") {
  node_lab lab;
  lab.add(b);
  lab.settle();
  lab.grant();
  lab.hear(b, taken{9, {{0, 5'000'000'000'000}, {1, 3}}});
  REQUIRE(lab.all<slots_moved>().size() == 1);
  const auto moved = lab.all<slots_moved>().front();
  const bool mine_1 = lab.m.home_of(1).node == node_lab::ref_of(lab.me);
  CHECK(moved.slots.size() == (mine_1 ? 1 : 2));
  CHECK(lab.m.home_of(0) == slot_home{node_lab::ref_of(b), 5'000'000'000'000, false});
  CHECK(moved.report != 0);
  lab.rooms_report();
  CHECK(lab.told<reported>("b").size() == 1);
  CHECK(lab.told<reported>("b").front().number == 9);
  lab.hear(b, taken{9, {{0, 5'000'000'000'000}, {1, 3}}}); // over the bus
  CHECK_FALSE(lab.any<slots_moved>());
}

TEST_CASE("news of lower epochs are answered with better ones") {
  node_lab lab;
  lab.add(b);
  lab.add(c);
  lab.own(c, 4, 90);
  lab.settle();
  lab.hear(b, taken{1, {{4, 80}}});
  CHECK_FALSE(lab.any<slots_moved>());
  CHECK(lab.m.counters().stale_slot_news == 1);
  const auto answer = lab.told<homes>("b");
  REQUIRE(answer.size() == 1);
  CHECK(answer[0].slots[0].epoch == 90);
  CHECK(answer[0].nodes[answer[0].slots[0].node].id == "c");
}

TEST_CASE("a move that was read first is reported all the same") {
  node_lab lab;
  lab.add(b);
  lab.settle();
  lab.own(b, 3, 6'000'000'000'000);
  lab.see();
  REQUIRE(lab.any<slots_moved>());
  CHECK(lab.all<slots_moved>().front().report == 0);
  lab.hear(b, taken{1, {{3, 6'000'000'000'000}}});
  REQUIRE(lab.any<slots_moved>());
  CHECK(lab.all<slots_moved>().front().report != 0);
}

TEST_CASE("slots open when all linked peers have reported, have gone, or time is over") {
  node_lab lab;
  lab.add(b);
  lab.add(c);
  lab.settle();
  lab.grant();
  const auto number = lab.told<taken>("").front().number;
  lab.rooms_report();
  CHECK_FALSE(lab.any<slots_opened>());
  lab.hear(c, reported{number});
  CHECK_FALSE(lab.any<slots_opened>());
  SECTION("the last reports") { lab.hear(b, reported{number}); }
  SECTION("the last is gone") { lab.link_down(b, link_end::reset); }
  SECTION("time is over") {
    lab.pass(999ms);
    CHECK_FALSE(lab.any<slots_opened>());
    lab.pass(1ms);
    CHECK(lab.m.counters().open_timeouts == 1);
  }
  CHECK(lab.any<slots_opened>());
}

TEST_CASE("how a home's death is known") {
  node_lab lab;
  lab.add(b);
  for (std::uint16_t slot = 0; slot < lab_slots; ++slot)
    lab.own(b, slot, 50);
  const auto mine = lab.best_for("me", {"me", "b"});
  SECTION("nobody listens any more") {
    lab.settle();
    lab.link_down(b, link_end::refused);
    CHECK(lab.claimed().size() == lab_slots);
    CHECK(lab.any<peer_gone>());
    CHECK(lab.any<do_remove>());
  }
  SECTION("it has left") {
    lab.settle();
    lab.hear(b, left{});
    CHECK(lab.claimed().size() == lab_slots);
  }
  SECTION("its next life is there") {
    lab.settle();
    lab.link_up(b_again);
    CHECK(lab.claimed() == mine); // the others are for b to take
    CHECK(lab.any<peer_gone>());
    CHECK(lab.any<peer_came>());
  }
  SECTION("silence makes it suspect, a missed renewal dead") {
    lab.settle();
    lab.link_down(b, link_end::silent);
    CHECK(lab.any<do_read>());
    CHECK_FALSE(lab.any<do_claim>());
    lab.lease_left(b, 4'600ms);
    lab.see();
    CHECK_FALSE(lab.any<do_claim>());
    lab.pass(200ms);
    CHECK(lab.any<do_read>());
    lab.lease_left(b, 3'690ms);
    lab.see();
    CHECK(lab.claimed().size() == lab_slots);
  }
  SECTION("silence, but it renews: it stays the home") {
    lab.settle();
    lab.link_down(b, link_end::silent);
    lab.see();
    for (int i = 0; i < 20; ++i) {
      lab.pass(1s);
      lab.renewed_ok();
      if (i == 0)
        CHECK_FALSE(lab.noted("peer-unlinked"));
      lab.see();
      CHECK_FALSE(lab.any<do_claim>());
    }
    CHECK(lab.m.peers().front().dead == false);
  }
  SECTION("a refusal before the first link proves nothing") {
    lab.start();
    lab.renewed_ok();
    lab.see();
    lab.pass(300ms);
    lab.see();
    lab.link_down(b, link_end::refused);
    CHECK_FALSE(lab.any<do_claim>());
    lab.pass(200ms);
    lab.see();
    CHECK_FALSE(lab.any<do_claim>());
  }
  SECTION("never linked, and its lease ends") {
    lab.start();
    lab.renewed_ok();
    lab.see();
    lab.pass(300ms);
    lab.drop(b);
    lab.see();
    CHECK(lab.claimed().size() == lab_slots);
    CHECK(lab.any<do_unlink>());
  }
}

TEST_CASE("a peer whose record is gone stays as long as it is linked") {
  node_lab lab;
  lab.add(b);
  for (std::uint16_t slot = 0; slot < lab_slots; ++slot)
    lab.own(b, slot, 50);
  lab.settle();
  lab.grant(); // what it is better at
  lab.drop(b);
  lab.pass(1s);
  lab.see();
  CHECK_FALSE(lab.any<peer_gone>());
  CHECK(lab.m.peers().size() == 1);
}

TEST_CASE("without its registry a node claims nothing") {
  node_lab lab;
  lab.add(b);
  for (std::uint16_t slot = 0; slot < lab_slots; ++slot)
    lab.own(b, slot, 50);
  lab.settle();
  lab.last = lab.m.on_claimed(node_lab::away(), lab.now, lab.wall);
  CHECK(lab.noted("registry-lost"));
  CHECK(lab.told<gossip>("b").front().registry_up == false);
  lab.link_down(b, link_end::refused);
  CHECK(lab.any<peer_gone>());
  CHECK_FALSE(lab.any<do_claim>());
  lab.pass(500ms);
  CHECK(lab.any<do_renew>());
  lab.renewed_ok();
  CHECK(lab.any<do_read>());
  CHECK_FALSE(lab.any<do_claim>());
  lab.lease_left(b, 4s);
  lab.see();
  CHECK(lab.claimed().size() == lab_slots);
}

TEST_CASE("a claim whose answer was lost is found in the registry") {
  node_lab lab;
  lab.settle();
  const auto before = lab.last;
  lab.grant(); // carried out ...
  node_lab other;
  other.settle();
  other.last = other.m.on_claimed(node_lab::away(), other.now, other.wall); // ... but this one does not hear of it
  other.slots = lab.slots;
  other.pass(500ms);
  other.renewed_ok();
  other.see();
  CHECK(other.told<taken>("").size() == 1);
  other.rooms_report();
  CHECK(other.m.home_of(5).open);
  CHECK(other.m.home_of(5).epoch == lab.slots[5].epoch);
}

TEST_CASE("a claim that another won teaches who has it") {
  node_lab lab;
  lab.add(b);
  lab.settle();
  const auto mine = lab.claimed();
  for (auto slot : mine)
    lab.own(b, slot, 7'000'000'000'000);
  lab.grant();
  CHECK(lab.m.counters().claims_lost == mine.size());
  CHECK(lab.m.home_of(mine.front()).node == node_lab::ref_of(b));
  CHECK(lab.m.slots_owned() == 0);
}

TEST_CASE("slots move to a better living home in batches, each opened before the next") {
  node_lab lab(4);
  lab.add(b);
  for (std::uint16_t slot = 0; slot < lab_slots; ++slot)
    lab.own(b, slot, 50);
  lab.settle();
  const auto mine = lab.best_for("me", {"me", "b"});
  REQUIRE(mine.size() > 4);
  CHECK(lab.claimed().size() == 4);
  lab.grant();
  const auto number = lab.told<taken>("").front().number;
  lab.rooms_report();
  lab.pass(500ms);
  CHECK_FALSE(lab.any<do_claim>());
  lab.hear(b, reported{number});
  CHECK(lab.any<slots_opened>());
  lab.pass(49ms);
  CHECK_FALSE(lab.any<do_claim>());
  lab.pass(1ms);
  CHECK(lab.claimed().size() == std::min<std::size_t>(4, mine.size() - 4));
}

TEST_CASE("a draining node claims nothing and says so at once; a draining peer is relieved of everything") {
  node_lab lab(4);
  lab.add(b);
  for (std::uint16_t slot = 0; slot < lab_slots; ++slot)
    lab.own(b, slot, 50);
  SECTION("this node") {
    lab.start();
    lab.renewed_ok();
    lab.last = lab.m.drain(true, lab.now, lab.wall);
    CHECK(lab.all<do_renew>().front().me.draining);
    lab.see();
    lab.link_up(b);
    lab.pass(400ms);
    lab.see();
    lab.pass(5s);
    CHECK_FALSE(lab.any<do_claim>());
  }
  SECTION("the peer") {
    lab.settle();
    lab.grant();
    lab.hear(b, reported{lab.told<taken>("").front().number});
    lab.hear(b, gossip{true, true, 1, 0, 0});
    std::size_t rounds = 0;
    for (; rounds < 100 && lab.m.slots_owned() < lab_slots; ++rounds) {
      lab.pass(50ms);
      if (!lab.any<do_claim>())
        continue;
      CHECK(lab.claimed().size() <= 4);
      lab.grant();
      const auto number = lab.told<taken>("").front().number;
      lab.rooms_report();
      lab.hear(b, reported{number});
    }
    CHECK(lab.m.slots_owned() == lab_slots);
  }
}

TEST_CASE("the only node keeps its slots while it drains") {
  node_lab lab;
  lab.own_all();
  lab.last = lab.m.drain(true, lab.now, lab.wall);
  lab.pass(10s);
  CHECK(lab.m.slots_owned() == lab_slots);
  lab.last = lab.m.leave(lab.now);
  CHECK(lab.any<do_remove>());
  CHECK(lab.told<left>("").size() == 1);
  lab.pass(1s);
  CHECK(lab.last.empty());
}

TEST_CASE("an emptied registry gets the homes back, under the same epochs") {
  node_lab lab;
  lab.own_all();
  const auto epoch = lab.m.home_of(3).epoch;
  CHECK(lab.m.home_of(3).open);
  lab.mark = {"another", "run-2"};
  lab.version = 0;
  lab.nodes.clear();
  lab.slots.assign(lab_slots, {});
  lab.pass(1s);
  lab.renewed_ok();
  CHECK(lab.m.counters().generations_changed == 1);
  CHECK(lab.any<do_read>());
  CHECK_FALSE(lab.any<do_claim>());
  lab.see();
  REQUIRE(lab.claimed().size() == lab_slots);
  CHECK(lab.all<do_claim>().front().claims.front().at_least == epoch);
  lab.grant();
  CHECK(lab.slots[3].epoch == epoch);
  CHECK(lab.m.counters().reasserted == lab_slots);
  CHECK_FALSE(lab.any<slots_moved>());
  CHECK(lab.m.home_of(3).open);
}

TEST_CASE("after the registry lost its data, absence from it proves no death") {
  node_lab lab;
  lab.add(b);
  for (std::uint16_t slot = 0; slot < lab_slots; ++slot)
    lab.own(b, slot, 50);
  lab.settle();
  lab.link_down(b, link_end::reset);
  lab.mark = {"another", "run-2"};
  lab.nodes = {{lab.me, 5s}};
  lab.slots.assign(lab_slots, {});
  lab.pass(1s);
  lab.renewed_ok();
  lab.see();
  CHECK_FALSE(lab.any<do_claim>());
  CHECK_FALSE(lab.any<peer_gone>());
  SECTION("but a refused link does") {
    lab.link_down(b, link_end::refused);
    CHECK(lab.claimed().size() == lab_slots);
  }
  SECTION("nor does it for long") {
    for (int i = 0; i < 6 && !lab.any<do_claim>(); ++i) {
      lab.pass(1s);
      lab.renewed_ok();
      lab.see();
    }
    CHECK(lab.claimed().size() == lab_slots);
  }
}

TEST_CASE("a peer without its registry keeps its slots for a while") {
  node_lab lab;
  lab.add(b);
  for (std::uint16_t slot = 0; slot < lab_slots; ++slot)
    lab.own(b, slot, 50);
  lab.settle();
  lab.hear(b, gossip{false, false, 1, 0, 0});
  lab.pass(999ms);
  CHECK_FALSE(lab.any<do_claim>());
  CHECK(lab.m.next_deadline() == lab.now + 1ms);
  lab.pass(1ms);
  CHECK(lab.claimed().size() == lab_slots);
}

TEST_CASE("a node that can reach nobody closes its slots, and claims them again") {
  node_lab lab;
  lab.add(b);
  lab.own_all();
  const auto epoch = lab.m.home_of(2).epoch;
  REQUIRE(lab.m.home_of(2).open);
  lab.pass(1s);
  lab.renew_fails();
  lab.link_down(b, link_end::silent);
  CHECK_FALSE(lab.m.isolated(lab.now));
  lab.pass(4s);
  CHECK(lab.m.isolated(lab.now));
  CHECK(lab.noted("isolated"));
  CHECK(lab.all<slots_moved>().front().slots.size() == lab_slots);
  CHECK_FALSE(lab.m.home_of(2).open);
  SECTION("the registry is back") {
    lab.pass(500ms);
    lab.renewed_ok();
    lab.see();
    CHECK(lab.claimed().size() == lab_slots);
    lab.grant();
    lab.rooms_report();
    CHECK(lab.m.home_of(2).open);
    CHECK(lab.m.home_of(2).epoch > epoch);
  }
  SECTION("only the peer is back: what it has not taken goes on") {
    lab.link_up(b);
    CHECK_FALSE(lab.m.home_of(2).open);
    lab.hear(b, homes{{{"b", node_lab::ref_of(b)}}, {{1, 8'000'000'000'000, 0}}});
    CHECK(lab.m.home_of(2).open);
    CHECK(lab.m.home_of(2).epoch == epoch);
    CHECK(lab.m.home_of(1).node == node_lab::ref_of(b));
  }
}

TEST_CASE("one node goes on without its registry") {
  node_lab lab;
  lab.own_all();
  for (int i = 0; i < 200; ++i) {
    lab.pass(500ms);
    lab.renew_fails();
  }
  CHECK_FALSE(lab.m.isolated(lab.now));
  CHECK(lab.m.home_of(2).open);
  CHECK_FALSE(lab.m.ready());
}

TEST_CASE("others name this node the home, and the registry has forgotten: it claims above what they know") {
  node_lab lab;
  lab.add(b);
  for (std::uint16_t slot = 0; slot < lab_slots; ++slot)
    lab.own(b, slot, 50);
  lab.settle();
  lab.pass(10ms);
  lab.hear(b, homes{{{"me", node_lab::ref_of(lab.me)}}, {{6, 9'000'000'000'000, 0}}});
  CHECK(lab.any<do_read>());
  lab.see();
  REQUIRE(lab.claimed() == slot_list{6});
  CHECK(lab.all<do_claim>().front().claims[0].at_least > 9'000'000'000'000);
}

TEST_CASE("a higher epoch that a room heard of is looked up, and never undercut") {
  node_lab lab;
  lab.own_all();
  lab.pass(1s);
  lab.see();
  lab.last = lab.m.on_higher_epoch(3, 9'000'000'000'000, lab.now);
  CHECK(lab.any<do_read>());
  lab.last = lab.m.on_higher_epoch(3, 9'000'000'000'000, lab.now);
  CHECK_FALSE(lab.any<do_read>());
  lab.last = lab.m.on_higher_epoch(60'000, 5, lab.now); // no such slot
}

TEST_CASE("what cannot be read is counted and does no harm") {
  node_lab lab;
  lab.add(b);
  lab.settle();
  lab.grant();
  for (const char* bytes : {"", "x", "\x01\x02\xff\xff\xff"}) {
    lab.last = lab.m.on_message("b", bytes, lab.now, lab.wall);
    CHECK_FALSE(lab.any<slots_moved>());
  }
  CHECK(lab.m.counters().bad_messages == 3);
  lab.last = lab.m.on_message("me", "x", lab.now, lab.wall); // its own, from the bus
  CHECK(lab.m.counters().bad_messages == 3);
}

TEST_CASE("a former life of a peer is not listened to") {
  node_lab lab;
  lab.add(b_again);
  lab.settle();
  lab.grant();
  lab.hear(b, taken{1, {{0, 9'000'000'000'000}}});
  CHECK(lab.m.home_of(0).epoch < 9'000'000'000'000);
  lab.link_down(b, link_end::refused);
  CHECK_FALSE(lab.any<peer_gone>());
}

TEST_CASE("no more peers than a cluster may have") {
  node_lab lab;
  for (std::uint16_t i = 0; i < 1'010; ++i)
    lab.add(node_lab::record("n" + std::to_string(i), static_cast<std::uint16_t>(10 + i), 5));
  lab.start();
  lab.renewed_ok();
  lab.see();
  CHECK(lab.m.peers().size() == max_peers);
  CHECK(lab.m.counters().peers_refused == 10);
  CHECK(lab.all<do_link>().size() == max_peers);
}
