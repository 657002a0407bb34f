#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe {

/// Text from outside, made safe to show on one line: control characters (C0, DEL, C1), line and paragraph separators,
/// text-direction overrides and bytes that are not UTF-8 become `\n`, `\x1b` or `\u202e`; everything else stays.
/// What is longer than `max_bytes` is cut at a character's border and ends in `...(+N bytes)`.
std::string printable(std::string_view text, std::size_t max_bytes = 1'024);

} // namespace troupe
