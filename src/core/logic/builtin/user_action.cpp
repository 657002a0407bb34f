#include "core/logic/builtin/handlers.hpp"
#include "core/logic/event_record.hpp"
#include "core/logic/refusals.hpp"

namespace troupe::logic::builtin {
namespace {

constexpr std::size_t max_action_bytes = 128;

} // namespace

result<effects> user_action(const call& c) {
  payload_reader in = c.payload();
  in.object();
  const std::string action = in.name("action", max_action_bytes);
  if (in.problem())
    return *in.problem();
  if (!c.event.attachments.empty())
    return invalid_payload("an action must be JSON without binary values");
  return effects_of(event_record(c, "user_action", in.first()), ok());
}

} // namespace troupe::logic::builtin
