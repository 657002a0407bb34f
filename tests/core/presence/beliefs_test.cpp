#include "core/presence/beliefs.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::presence;
using troupe::cluster::node_ref;

namespace {

const node_ref here{}, there{2, 9};
const belief online{true, "online"}, away{true, "away"}, offline{false, "offline"};

} // namespace

TEST_CASE("each node's watchers hear what is news to them, once") {
  beliefs b;
  b.answered(here, offline, true);
  b.answered(there, online, true);
  auto n = b.tell(here, online);
  CHECK(n.came_or_went);
  CHECK(n.update);
  n = b.tell(there, online);
  CHECK_FALSE(n.came_or_went);
  CHECK_FALSE(n.update);
  n = b.tell(there, away);
  CHECK_FALSE(n.came_or_went);
  CHECK(n.update);
}

TEST_CASE("a node whose link was down hears what it missed") {
  beliefs b;
  b.answered(there, offline, true);
  b.tell(there, online); // lost with the link
  b.set(there, offline); // what the node says when it is linked again
  CHECK(b.tell(there, online).came_or_went);
}

TEST_CASE("where watchers differ, or nobody knows, all are told") {
  beliefs b;
  b.answered(there, offline, true);
  b.answered(there, online, false); // while the home did not know yet which
  CHECK_FALSE(b.of(there));
  CHECK(b.tell(there, offline).came_or_went);
  b.set(there, {});
  CHECK(b.tell(there, offline).update);
}

TEST_CASE("who is answered first is all that is known of watchers who were told nothing yet") {
  beliefs b;
  b.set(there, {});
  b.answered(there, online, false);
  CHECK(b.of(there) == online);
  CHECK_FALSE(b.tell(there, away).came_or_went);
}

TEST_CASE("a node that is gone has no belief") {
  beliefs b;
  b.answered(there, away, true);
  CHECK(b.of(there) == away);
  b.forget(there);
  CHECK_FALSE(b.of(there));
}
