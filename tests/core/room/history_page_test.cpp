#include "core/room/history_page.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::room;
using cluster::message_ptr;

namespace {

message_ptr message(std::uint64_t seq, std::size_t bytes = 2, std::vector<std::string> attachments = {}) {
  auto m = std::make_shared<cluster::room_message>();
  m->epoch = 1;
  m->seq = seq;
  m->ts = 100 + static_cast<unix_ms>(seq);
  m->event = "said";
  m->args = {'"' + std::string(bytes - 2, 'x') + '"', std::move(attachments)};
  return m;
}

std::vector<message_ptr> run(std::uint64_t first, std::uint64_t last) {
  std::vector<message_ptr> all;
  for (auto seq = first; seq <= last; ++seq)
    all.push_back(message(seq));
  return all;
}

std::string shown(const history_page& p) {
  std::string all;
  for (auto& m : p.messages)
    all += std::to_string(m->seq) + " ";
  return all + (p.more ? "more" : "end");
}

history_query newest(std::size_t max = 50) { return {{}, {}, max}; }
history_query onwards(std::size_t max = 50) { return {{}, place{1, 0}, max}; }

} // namespace

TEST_CASE("a page holds what is nearest to where the reader stands", "[history]") {
  const history_bounds b;
  CHECK(shown(make_page({}, newest(), b)) == "end");
  CHECK(shown(make_page(run(1, 3), newest(), b)) == "1 2 3 end");
  CHECK(shown(make_page(run(1, 3), newest(2), b)) == "2 3 more");
  CHECK(shown(make_page(run(1, 3), {place{1, 4}, {}, 2}, b)) == "2 3 more");
  CHECK(shown(make_page(run(1, 3), onwards(2), b)) == "1 2 more");
}

TEST_CASE("a page is bounded", "[history]") {
  history_bounds b;
  SECTION("in messages, whatever is asked for") {
    b.max_messages = 2;
    CHECK(shown(make_page(run(1, 5), newest(4), b)) == "4 5 more");
    CHECK(shown(make_page(run(1, 5), onwards(4), b)) == "1 2 more");
  }
  SECTION("in bytes, but one message is always there") {
    b.max_bytes = 1'000;
    const std::vector all{message(1, 500), message(2, 600), message(3, 5'000), message(4, 300), message(5, 200)};
    CHECK(shown(make_page(all, newest(), b)) == "4 5 more");
    CHECK(shown(make_page({all[0], all[1], all[2]}, newest(), b)) == "3 more");
    CHECK(shown(make_page(all, onwards(), b)) == "1 more");
  }
  SECTION("in attachments") {
    b.max_attachments = 3;
    const std::vector all{message(1, 2, {"a", "b"}), message(2, 2, {"c", "d"}), message(3, 2, {"e"})};
    CHECK(shown(make_page(all, newest(), b)) == "2 3 more");
    CHECK(shown(make_page(all, onwards(), b)) == "1 more");
  }
}

TEST_CASE("a page is one answer, whose attachments are numbered through", "[history]") {
  auto one = std::make_shared<cluster::room_message>(*message(1, 2, {"A"}));
  one->args.json = R"({"blob":{"_placeholder":true,"num":0}})";
  one->user = "ann";
  one->id = "m1";
  auto two = std::make_shared<cluster::room_message>(*message(2, 2, {"B"}));
  two->args.json = R"({"_placeholder":true,"num":0},1)";
  const auto args = page_args("lobby", {{one, two}, true});
  CHECK(args.json
        == R"({"ok":true,"room":"lobby","messages":[)"
           R"({"epoch":1,"seq":1,"ts":101,"event":"said","args":[{"blob":{"_placeholder":true,"num":0}}],"from":"ann","id":"m1"},)"
           R"({"epoch":1,"seq":2,"ts":102,"event":"said","args":[{"_placeholder":true,"num":1},1]}],"more":true})");
  CHECK(args.attachments == std::vector<std::string>{"A", "B"});
  CHECK(page_args("a", {}).json == R"({"ok":true,"room":"a","messages":[],"more":false})");
  CHECK(message_text(*two) == R"({"epoch":1,"seq":2,"ts":102,"event":"said","args":[{"_placeholder":true,"num":0},1],"attachments":["Qg=="]})");
}
