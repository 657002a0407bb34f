#pragma once
// The built-in events (docs/events.md says what each takes, answers and shows to others).

#include "core/logic/builtin/call.hpp"

namespace troupe::logic::builtin {

result<effects> join_room(const call& c);
result<effects> leave_room(const call& c);
result<effects> room_members(const call& c);
result<effects> history(const call& c);
result<effects> message_send(const call& c);
result<effects> chat_message(const call& c);
result<effects> typing(const call& c);
result<effects> presence_subscribe(const call& c);
result<effects> presence_unsubscribe(const call& c);
result<effects> presence_status(const call& c);
result<effects> document_update(const call& c);
result<effects> user_action(const call& c);
result<effects> publish(const call& c);

} // namespace troupe::logic::builtin
