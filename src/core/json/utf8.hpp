#pragma once

#include <string_view>

namespace troupe::json {

/// Whether `text` is valid UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool valid_utf8(std::string_view text);

} // namespace troupe::json
