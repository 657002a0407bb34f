// Nodes that may not link, and say why.

#include "net/link/link_node.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

/// a dials b; both must count the reason, and neither may link.
void refused_by_both(net::link_options a_options, net::link_options b_options, link_refusal why, std::string wanted = "b") {
  link_node a(std::move(a_options)), b(std::move(b_options));
  a.server.want({std::move(wanted), 1, 1}, "127.0.0.1", b.port);
  CHECK(eventually([&] { return b.refused(why) >= 2 && a.refused_us(why) >= 2; }));
  CHECK(a.told().empty());
  CHECK(b.told().empty());
  CHECK(a.server.counters().ups == 0);
  CHECK(b.server.counters().ups == 0);
  CHECK(eventually([&] { return b.server.counters().half_open == 0; }));
}

} // namespace

TEST_CASE("another secret is refused") {
  auto b = link_options_of("b");
  b.secret = "another secret of the same length";
  refused_by_both(link_options_of("a"), b, link_refusal::wrong_secret);
}

TEST_CASE("another cluster is refused, even with the same secret") {
  auto b = link_options_of("b");
  b.cluster = "others";
  refused_by_both(link_options_of("a"), b, link_refusal::wrong_cluster);
}

TEST_CASE("another release is refused, a patch is not") {
  auto a = link_options_of("a"), b = link_options_of("b");
  a.version = "1.2.0";
  b.version = "1.3.0";
  refused_by_both(a, b, link_refusal::wrong_version);
  b.version = "1.2.9";
  link_node x(a), y(b);
  x.link_to(y);
}

TEST_CASE("another protocol is refused") {
  auto b = link_options_of("b");
  b.protocol = 2;
  refused_by_both(link_options_of("a"), b, link_refusal::wrong_protocol);
}

TEST_CASE("a node with this node's id is refused") {
  refused_by_both(link_options_of("a"), link_options_of("a", 2), link_refusal::own_id);
}

TEST_CASE("another node at the address is refused and keeps its own link") {
  refused_by_both(link_options_of("a"), link_options_of("c"), link_refusal::wrong_node);
  link_node a("a"), c("c");
  a.link_to(c);
  a.server.want({"b", 1, 1}, "127.0.0.1", c.port);
  CHECK(eventually([&] { return a.refused_us(link_refusal::wrong_node) >= 2; }));
  CHECK(a.told() == std::vector<std::string>{"up c 1"});
  CHECK(c.told() == std::vector<std::string>{"up a 1"});
}
