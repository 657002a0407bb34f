#pragma once

#include "core/json/json_text.hpp"
#include "core/logic/builtin_logic.hpp"
#include "describe.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

namespace troupe::logic {

/// One socket of user "ann" (socket "S", namespace "/", member of "lobby" and of document "d1") at time 1000.
struct stage {
  event_settings settings;
  name_map names;
  std::vector<event_rule> rules;
  std::vector<std::string> attachments;
  bool wants_ack = true;
  socket_info socket = make_socket();

  static socket_info make_socket() {
    socket_info s;
    s.id = "S";
    s.nsp = "/";
    s.who.user_id = "ann";
    s.who.roles = {"user"};
    s.rooms = {"lobby", "document:d1"};
    return s;
  }

  builtin_logic logic() const { return {settings, names, rules}; }

  effects run(builtin_logic& with, const std::string& name, const std::string& args) {
    REQUIRE(json::valid(args));
    return with.on_event(socket, {name, args, attachments, wants_ack, 1000});
  }
  /// A new logic each time, so the first generated id is always `S.1`.
  std::string send(const std::string& name, const std::string& args) {
    builtin_logic fresh(settings, names, rules);
    return describe(run(fresh, name, args));
  }
};

/// What a client sends and what Troupe does about it.
struct exchange {
  const char* event;
  const char* args;
  const char* expected;
};

inline void check_all(stage& on, const std::vector<exchange>& table) {
  for (const auto& row : table) {
    INFO(row.event << " " << row.args);
    CHECK(on.send(row.event, row.args) == row.expected);
  }
}

} // namespace troupe::logic
