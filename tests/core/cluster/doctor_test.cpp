#include "core/cluster/doctor.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::cluster;

TEST_CASE("a report counts by kind what is missing and what is too much") {
  doctor_report r;
  CHECK(r.consistent(false));
  count(r, {{{key_kind::room, "a", "1"}, true, {}, {}}, {{key_kind::room, "a", "2"}, false, {}, {}}, {{key_kind::connections, "n", "2"}, false, {}, {}}});
  CHECK(r.missing[static_cast<std::size_t>(key_kind::room)] == 1);
  CHECK(r.extra[static_cast<std::size_t>(key_kind::room)] == 1);
  CHECK(r.found() == 3);
  CHECK_FALSE(r.consistent(true));
  r.repaired = 3;
  CHECK(r.consistent(true));
  CHECK_FALSE(r.consistent(false));
  r.slots_disagreeing = 1;
  CHECK_FALSE(r.consistent(true));
}

TEST_CASE("what nodes tell each other of a check comes through whole, or not at all") {
  doctor_report r;
  r.node = "n1";
  r.problem = "Redis \0 is away";
  r.sockets = 300;
  r.repaired = 7;
  r.missing[2] = 5;
  r.extra[6] = 1'000'000;
  r.dead = {"n2", "n3"};
  const auto bytes = encode(doctor_answer{9, r});
  const auto back = decode_doctor_message(bytes);
  REQUIRE(back);
  CHECK(std::get<doctor_answer>(*back).number == 9);
  CHECK(std::get<doctor_answer>(*back).report == r);
  const auto asked = decode_doctor_message(encode(doctor_request{3, true}));
  REQUIRE(asked);
  CHECK(std::get<doctor_request>(*asked).repair);
  for (std::size_t n = 0; n < bytes.size(); ++n)
    CHECK_FALSE(decode_doctor_message(bytes.substr(0, n)));
  CHECK_FALSE(decode_doctor_message(bytes + "x"));
}
