#include "core/cluster/query_wire.hpp"

#include "core/cluster/wire.hpp"

#include <catch2/catch_test_macros.hpp>

#include <random>

using namespace troupe;
using namespace troupe::cluster;

namespace {

wide_selection some() { return {"/chat", {"a", "b"}, {"c"}}; }

std::vector<question> questions() {
  find_sockets sockets;
  sockets.of = some();
  sockets.user = "ann";
  sockets.max = max_found;
  sockets.handshakes = true;
  wide_message join;
  join.kind = wide_message::what::join;
  join.to = some();
  join.rooms = {"x", "y"};
  wide_message leave = join;
  leave.kind = wide_message::what::leave;
  wide_message end;
  end.kind = wide_message::what::disconnect;
  end.to = {"/", {}, {}};
  end.close_transport = true;
  logic::emit e;
  e.event = "hi";
  e.args = {R"({"_placeholder":true,"num":0})", {std::string("\0\1\2", 3)}};
  e.is_volatile = true;
  logic::effects what = logic::effects_of(e, logic::join{"r", true}, logic::leave{"r"}, logic::reply{{"1,2", {}}, 99},
                                          logic::reply{{"", {}}, {}}, logic::disconnect{true});
  return {{1, sockets},
          {2, find_members{"/", "lobby", 1'000}},
          {3, find_rooms{10}},
          {4, command{join}},
          {5, command{leave}},
          {6, command{end}},
          {7, disconnect_user{"bob", "/", true}},
          {8, ask_clients{some(), "ask", {"1", {"\xff"}}, true, false, duration(3'000)}},
          {9, act{"/", "AAAAAAAAAAAAAAAAAAAA", what}},
          {0, server_event{"/", "hello", {"\"world\"", {}}, true}}};
}

found_socket full_socket(int n) {
  auto shake = std::make_shared<engineio::handshake>();
  shake->url = "/socket.io/?EIO=4";
  shake->address = "10.0.0.7";
  shake->query.add("EIO", "4");
  shake->headers.add("user-agent", "test");
  shake->headers.add("x-empty", "");
  shake->issued = 1'700'000'000'000;
  shake->secure = true;
  found_socket s;
  s.id = "socket-" + std::to_string(n);
  s.nsp = "/";
  s.who.user_id = "ann";
  s.who.tenant_id = "acme";
  s.who.roles = {"user", "admin"};
  s.who.anonymous = false;
  s.shake = shake;
  s.rooms = {"a", "b"};
  s.auth = R"({"token":"t"})";
  s.data = "17";
  return s;
}

std::vector<answer> answers() {
  found_socket plain;
  plain.id = "s";
  plain.nsp = "/";
  return {{1, 2, false, sockets_found{{full_socket(1), plain}}},
          {2, {}, true, members_found{{{"s1", "ann"}, {"s2", ""}}, 17}},
          {3, 0, false, rooms_found{{}, 3}},
          {4, 1, false, rooms_found{{{"/", "lobby", 5, 99}}, 1}},
          {5, 1, false, carried_out{12}},
          {6, 1, false, clients_answered{{{"s1", {"1", {"bin"}}}}}},
          {7, 1, false, server_answered{{"\"ok\"", {}}}},
          {8, 1, false, declined{}}};
}

} // namespace

TEST_CASE("questions arrive as they were asked") {
  for (auto& q : questions()) {
    const auto bytes = encode(q);
    CHECK_FALSE(is_answer(bytes));
    CHECK_FALSE(decode_answer(bytes));
    const auto read = decode_question(bytes);
    REQUIRE(read);
    CHECK(read->number == q.number);
    CHECK(read->body.index() == q.body.index());
    CHECK(encode(*read) == bytes);
  }
}

TEST_CASE("answers arrive as they were given") {
  for (auto& a : answers()) {
    const auto bytes = encode(a);
    CHECK(is_answer(bytes));
    CHECK_FALSE(decode_question(bytes));
    const auto read = decode_answer(bytes);
    REQUIRE(read);
    CHECK(read->number == a.number);
    CHECK(read->total == a.total);
    CHECK(read->cut == a.cut);
    CHECK(read->body.index() == a.body.index());
    CHECK(encode(*read) == bytes);
  }
}

TEST_CASE("a socket travels with its handshake") {
  const auto read = decode_answer(encode(answers().front()));
  REQUIRE(read);
  const auto& s = std::get<sockets_found>(read->body).list.at(0);
  REQUIRE(s.shake);
  CHECK(s.shake->headers.find("user-agent") == "test");
  CHECK(s.shake->query.find("EIO") == "4");
  CHECK(s.shake->address == "10.0.0.7");
  CHECK(s.shake->issued == 1'700'000'000'000);
  CHECK(s.who.roles == std::vector<std::string>{"user", "admin"});
  CHECK(s.auth == R"({"token":"t"})");
  CHECK(s.data == "17");
  CHECK_FALSE(std::get<sockets_found>(read->body).list.at(1).shake);
}

TEST_CASE("effects with an acknowledgement and those of the room do not travel") {
  logic::emit asks;
  asks.on_ack = [](auto) {};
  CHECK(may_travel(logic::effects_of(logic::emit{}, logic::join{"a"}, logic::disconnect{})));
  CHECK_FALSE(may_travel(logic::effects_of(asks)));
  CHECK_FALSE(may_travel(logic::effects_of(logic::publish{})));
  CHECK_FALSE(may_travel(logic::effects(1'001, logic::disconnect{})));
}

TEST_CASE("a long answer comes in parts, and ends where it is full") {
  sockets_found all;
  for (int i = 0; i < 100; ++i)
    all.list.push_back(full_socket(i));
  const auto one = encode(answer{7, 1, false, sockets_found{{full_socket(1)}}}).size();
  const auto parts = encode_whole({7, {}, false, all}, 10 * one, 1'000'000);
  CHECK(parts.size() >= 10);
  std::uint64_t came = 0, totals = 0;
  for (auto& bytes : parts) {
    CHECK(bytes.size() <= 11 * one);
    const auto part = decode_answer(bytes);
    REQUIRE(part);
    CHECK(part->number == 7);
    CHECK_FALSE(part->cut);
    came += things_in(part->body);
    totals += part->total.value_or(0);
  }
  CHECK(came == 100);
  CHECK(totals == 100);

  const auto few = encode_whole({7, {}, false, all}, 10 * one, 5 * one);
  REQUIRE(few.size() == 1);
  const auto cut = decode_answer(few.front());
  REQUIRE(cut);
  CHECK(cut->cut);
  CHECK(cut->total == things_in(cut->body));
  CHECK(things_in(cut->body) < 10);

  // How many there are altogether is said once.
  rooms_found rooms{{}, 50};
  for (int i = 0; i < 50; ++i)
    rooms.list.push_back({"/", "room", 1, 1});
  std::uint64_t count = 0;
  for (auto& bytes : encode_whole({7, {}, false, rooms}, 100, 10'000))
    count += std::get<rooms_found>(decode_answer(bytes)->body).count;
  CHECK(count == 50);

  const auto none = encode_whole({7, {}, false, sockets_found{}}, 10, 10);
  REQUIRE(none.size() == 1);
  CHECK(decode_answer(none.front())->total == 0);
}

TEST_CASE("what is beyond the limits is no message") {
  auto with = [](auto body) { return decode_question(encode(question{1, body})).has_value(); };
  CHECK(with(find_rooms{max_found}));
  CHECK_FALSE(with(find_rooms{max_found + 1}));
  CHECK(with(find_members{std::string(255, '/'), "r", 1}));
  CHECK_FALSE(with(find_members{std::string(256, '/'), "r", 1}));
  CHECK_FALSE(with(find_members{"", "r", 1}));
  CHECK(with(ask_clients{some(), "e", {}, false, true, max_question_time}));
  CHECK_FALSE(with(ask_clients{some(), "e", {}, false, true, max_question_time + duration(1)}));
  find_sockets many;
  many.of = {"/", std::vector<std::string>(10'001, "r"), {}};
  CHECK_FALSE(with(many));
  wide_message say; // a broadcast is no command
  say.to = {"/", {}, {}};
  CHECK_FALSE(with(command{say}));
  CHECK_FALSE(decode_question(""));
  CHECK_FALSE(decode_answer(""));
  CHECK_FALSE(decode_question(encode(questions().front()) + "x"));
  CHECK_FALSE(decode_answer(encode(answers().front()) + "x"));
  std::string other = encode(questions().front());
  other[0] = 2; // another format
  CHECK_FALSE(decode_question(other));
  // A list that says it is longer than what follows.
  std::string liar;
  for (std::uint64_t n : {1u, 1u, 1u, 7u, 0u, 0u, 0u, 1'000'000u})
    wire::put(liar, n);
  CHECK_FALSE(decode_answer(liar));
}

TEST_CASE("half a message is none, and a damaged one harms nobody") {
  std::mt19937_64 random(11);
  auto damage = [&](const std::string& bytes, auto decode) {
    for (std::size_t n = 0; n < bytes.size(); ++n)
      CHECK_FALSE(decode(bytes.substr(0, n)));
    for (int i = 0; i < 3'000; ++i) {
      auto damaged = bytes;
      for (auto times = 1 + random() % 4; times > 0; --times)
        damaged[random() % damaged.size()] = static_cast<char>(random());
      if (const auto read = decode(damaged))
        CHECK(decode(encode(*read)));
    }
  };
  for (auto& q : questions())
    damage(encode(q), decode_question);
  for (auto& a : answers())
    damage(encode(a), decode_answer);
}
