#pragma once

#include "core/logic/effects.hpp"
#include "troupe/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::embed {

/// An array of arguments as it goes over the wire: binary values become placeholders and attachments. Strings that are no
/// UTF-8 get U+FFFD for their bad bytes.
logic::arguments to_wire(const value& array);

/// The reverse; `json` is a valid array.
value from_wire(std::string_view json, const std::vector<std::string>& attachments);

/// JSON text; strings that are no UTF-8 get U+FFFD for their bad bytes.
std::string to_text(const value& v);

} // namespace troupe::embed
