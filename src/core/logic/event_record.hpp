#pragma once

#include "core/logic/builtin/call.hpp"

#include <string_view>

namespace troupe::logic {

/// An entry of the event log: `{"event":..,"userId":..,"tenantId"?:..,"socketId":..,"nsp":..,"ts":..,"data":<data>}`, where
/// `data` is the client's first argument as it came. Nothing of the client's stands beside what the server says.
record event_record(const call& c, std::string_view topic, std::string_view data);

} // namespace troupe::logic
