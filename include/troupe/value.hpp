#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace troupe {

/// What events carry: JSON whose objects keep their order, with binary values (`value::binary`), which travel as Socket.IO
/// attachments.
using value = nlohmann::ordered_json;

/// A binary argument: `socket.emit("file", troupe::binary(bytes))`.
inline value binary(std::string_view bytes) {
  return value::binary(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
}

/// The bytes of a binary value; empty for anything else.
inline std::string_view bytes_of(const value& v) {
  if (!v.is_binary())
    return {};
  auto& b = v.get_binary();
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

} // namespace troupe
