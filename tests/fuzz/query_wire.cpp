#include "core/cluster/query_wire.hpp"

#include "core/cluster/query_book.hpp"
#include "core/cluster/wide_wire.hpp"
#include "fuzz/target.hpp"

#include <memory>

namespace troupe::fuzz {
namespace {

using namespace cluster;

/// An answer of a node that was asked: whatever it says, the question comes back once.
void check_book(const answer& a, std::size_t bytes) {
  query_counters counts;
  query_book book({1, 1'000}, counts);
  const node_ref peer{2, 2};
  auto again = a;
  again.number = book.open({{peer, "peer"}}, {}, time_point(duration(10))).value();
  const auto over = book.on_answer(peer, std::move(again), bytes);
  require(over.size() <= 1, "a question ends once");
  require(over.size() + book.on_time(time_point(duration(10))).size() == 1, "a question ends in time");
  require(book.size() == 0 && counts.open == 0, "nothing stays open");
}

} // namespace

void check_query_wire(std::string_view bytes) {
  if (const auto q = decode_question(bytes)) {
    const auto text = encode(*q);
    require(!is_answer(text), "a question is no answer");
    const auto again = decode_question(text);
    require(again && encode(*again) == text, "a question survives its encoding");
    if (const auto* what = std::get_if<act>(&q->body))
      require(may_travel(what->what), "what came may travel");
  }
  if (const auto a = decode_answer(bytes)) {
    require(is_answer(bytes), "an answer says so");
    const auto text = encode(*a);
    const auto again = decode_answer(text);
    require(again && encode(*again) == text, "an answer survives its encoding");
    std::uint64_t things = 0;
    for (auto& part : encode_whole(*a, 64, 256)) {
      const auto read = decode_answer(part);
      require(read.has_value(), "a part is an answer");
      things += things_in(read->body);
    }
    require(things <= things_in(a->body) || things == 1, "parts add nothing");
    check_book(*a, bytes.size());
  }
  if (const auto m = decode_wide_message(bytes)) {
    const auto text = encode(*m);
    const auto again = decode_wide_message(text);
    require(again && encode(*again) == text, "a wide message survives its encoding");
  }
}

std::vector<std::string> query_wire_corpus() {
  auto shake = std::make_shared<engineio::handshake>();
  shake->url = "/socket.io/";
  shake->headers.add("origin", "http://a");
  shake->query.add("EIO", "4");
  found_socket s;
  s.id = "socket";
  s.nsp = "/";
  s.who.user_id = "ann";
  s.who.roles = {"user"};
  s.shake = shake;
  s.rooms = {"a", "b"};
  find_sockets find;
  find.of = {"/", {"a"}, {"b"}};
  find.max = 10;
  find.handshakes = true;
  wide_message join;
  join.kind = wide_message::what::join;
  join.to = {"/", {"a"}, {}};
  join.rooms = {"x"};
  wide_message say;
  say.to = {"/", {}, {"a"}};
  say.event = "e";
  say.args = {"1", {"bin"}};
  logic::emit e;
  e.event = "hi";
  return {encode(question{1, find}),
          encode(question{2, find_members{"/", "a", 5}}),
          encode(question{3, command{join}}),
          encode(question{4, ask_clients{{"/", {}, {}}, "e", {"1", {"x"}}, false, true, duration(5)}}),
          encode(question{5, act{"/", "id", logic::effects_of(e, logic::join{"a"}, logic::disconnect{})}}),
          encode(question{0, server_event{"/", "e", {"1,2", {}}, true}}),
          encode(answer{1, 2, false, sockets_found{{s, s}}}),
          encode(answer{2, {}, true, members_found{{{"a", "b"}}, 7}}),
          encode(answer{3, 1, false, rooms_found{{{"/", "r", 1, 2}}, 1}}),
          encode(answer{4, 1, false, clients_answered{{{"a", {"1", {}}}}}}),
          encode(answer{5, 1, false, carried_out{3}}),
          encode(join),
          encode(say)};
}

} // namespace troupe::fuzz
