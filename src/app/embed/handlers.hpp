#pragma once

#include "core/logic/namespace_logic.hpp"
#include "troupe/io_namespace.hpp"

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::embed {

/// What a `socket` in a handler stands for.
struct socket_state {
  std::weak_ptr<core> home;
  logic::socket_info& info;
  logic::effects& out;
};

/// What an `event` in a handler stands for.
struct event_state {
  socket_state& socket;
  const logic::inbound_event& in;
  std::optional<value> args; ///< parsed when somebody asks
  bool acked = false;
};

/// The C++ handlers of one namespace as its logic: what they ask for is collected as effects.
struct handlers final : logic::namespace_logic {
  std::string name;
  std::weak_ptr<core> home;
  std::vector<std::function<std::optional<connect_refusal>(socket&)>> middlewares;
  std::vector<std::function<void(socket&)>> connect;
  std::vector<std::function<void(socket&, std::string_view)>> disconnect;
  std::map<std::string, std::function<void(socket&, event&)>, std::less<>> events;
  std::function<void(socket&, event&)> any;
  std::map<std::string, std::function<void(const server_event&)>, std::less<>> server_events;
  std::shared_ptr<logic::namespace_logic> builtin; ///< null: unknown events are dropped
  bool wants_builtin = false;

  result<logic::effects> on_connect(logic::socket_info& info) override;
  logic::effects on_event(logic::socket_info& info, const logic::inbound_event& in) override;
  void on_disconnect(logic::socket_info& info, std::string_view reason) override;
  std::string shown_data(const logic::socket_info& info) override;

 private:
  void tell_others(const logic::socket_info& gone, logic::effects last_words);
};

} // namespace troupe::embed
