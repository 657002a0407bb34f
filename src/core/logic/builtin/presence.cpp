#include "core/logic/builtin/handlers.hpp"
#include "core/logic/refusals.hpp"

namespace troupe::logic::builtin {
namespace {

constexpr std::size_t max_status_bytes = 64;

result<std::vector<std::string>> users_of(const call& c) {
  payload_reader in = c.payload();
  auto users = in.names("userIds", c.settings.limits.max_room_name_bytes, c.settings.limits.max_watched_users);
  if (in.problem())
    return *in.problem();
  return users;
}

} // namespace

result<effects> presence_subscribe(const call& c) {
  auto users = users_of(c);
  if (!users)
    return users.error();
  return effects_of(watch_presence{*std::move(users)});
}

result<effects> presence_unsubscribe(const call& c) {
  auto users = users_of(c);
  if (!users)
    return users.error();
  return effects_of(unwatch_presence{*std::move(users)}, ok());
}

result<effects> presence_status(const call& c) {
  payload_reader in = c.payload();
  std::string status = in.name_or_member({"status"}, max_status_bytes);
  if (in.problem())
    return *in.problem();
  if (status == "offline")
    return invalid_payload("\"offline\" is what others see when the last connection is gone; choose another status");
  return effects_of(set_status{std::move(status)}, ok());
}

} // namespace troupe::logic::builtin
