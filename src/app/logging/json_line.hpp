#pragma once

#include "base/log.hpp"

namespace troupe::app {

/// The members of a JSON line after `time`, without braces:
/// `"level":"info","node":"n1","event":"session-closed","message":"sid=... reason=...","sid":"...","reason":"..."`.
/// A field that would stand in the way of one of the first is written with a `_` behind its name. Bytes that are not
/// UTF-8 become U+FFFD.
std::string json_members(const log::record& r, std::string_view node);

} // namespace troupe::app
