#pragma once

#include "core/logic/builtin/call.hpp"
#include "core/logic/event_names.hpp"
#include "core/logic/event_rule.hpp"
#include "core/logic/rule_events.hpp"

#include <atomic>
#include <map>
#include <string>
#include <vector>

namespace troupe::logic {

/// The built-in events and the team's event rules, as the logic of a namespace. Everybody whom the token check let in may
/// connect. One object serves any number of namespaces.
class builtin_logic final : public namespace_logic {
 public:
  /// `names` and `rules` have passed `validate_names` and `validate_rules`; of two rules with one name the first counts.
  builtin_logic(event_settings settings, const name_map& names, const std::vector<event_rule>& rules);

  result<effects> on_connect(socket_info& socket) override;
  effects on_event(socket_info& socket, const inbound_event& event) override;
  void on_disconnect(socket_info& socket, std::string_view reason) override;

 private:
  result<effects> handle(const call& c) const;

  event_settings settings_;
  std::map<std::string, handler, std::less<>> handlers_; ///< by the names used here
  rule_events rules_;
  std::atomic<std::uint64_t> events_{0};
};

} // namespace troupe::logic
