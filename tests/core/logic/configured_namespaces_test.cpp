#include "core/logic/configured_namespaces.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::logic;

TEST_CASE("configured namespaces: names and prefix patterns") {
  auto logic = std::make_shared<builtin_logic>(event_settings{}, name_map{}, std::vector<event_rule>{});
  configured_namespaces served({"/", "/chat", "shop", "/tenant-*"}, logic);
  for (const char* name : {"/", "/chat", "/shop", "/tenant-1", "/tenant-", "/tenant-a/b"})
    CHECK(served.find(name) == logic);
  for (const char* name : {"", "/chat/", "/cha", "/chat2", "chat", "shop", "/tenant", "/Tenant-1", "/tenant-\n"})
    CHECK(served.find(name) == nullptr);
  CHECK(served.find("/tenant-" + std::string(247, 'x')) == logic);
  CHECK(served.find("/tenant-" + std::string(248, 'x')) == nullptr);
  CHECK(served.find(std::string("/tenant-\0x", 10)) == nullptr);
}

TEST_CASE("configured namespaces: none and all") {
  auto logic = std::make_shared<builtin_logic>(event_settings{}, name_map{}, std::vector<event_rule>{});
  CHECK(configured_namespaces({}, logic).find("/") == nullptr);
  CHECK(configured_namespaces({"*"}, logic).find("/anything") == logic);
  CHECK(configured_namespaces({"/*"}, logic).find("/") == logic);
}

TEST_CASE("everybody with a valid token may connect") {
  builtin_logic logic({}, {}, {});
  socket_info socket;
  const auto outcome = logic.on_connect(socket);
  REQUIRE(outcome.has_value());
  CHECK(outcome->empty());
}
