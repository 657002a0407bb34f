#pragma once
// WebSocket frames from a server, read in place: the generator's hottest loop.

#include "core/ws/frame_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe::load {

struct server_frame {
  ws::opcode op = ws::opcode::text;
  bool fin = true;
  std::string_view payload;
  std::size_t size = 0; ///< of the whole frame
};

enum class scanned : std::uint8_t {
  frame, ///< `out` is filled
  more,  ///< not all of it is here; `out.size` is the whole frame's size if the header is, else 0
  broken ///< masked, or with reserved bits: nothing that a server may send to a client without extensions
};

inline scanned scan_frame(const char* from, const char* end, server_frame& out) {
  const auto* p = reinterpret_cast<const unsigned char*>(from);
  const auto have = static_cast<std::size_t>(end - from);
  out.size = 0;
  if (have < 2)
    return scanned::more;
  if ((p[0] & 0x70) || (p[1] & 0x80))
    return scanned::broken;
  std::size_t header = 2, size = p[1];
  if (size >= 126) {
    header = size == 126 ? 4 : 10;
    if (have < header)
      return scanned::more;
    size = 0;
    for (std::size_t i = 2; i < header; ++i)
      size = size << 8 | p[i];
  }
  if (size > SIZE_MAX / 2)
    return scanned::broken;
  out.op = static_cast<ws::opcode>(p[0] & 0x0f);
  out.fin = p[0] & 0x80;
  out.size = header + size;
  if (have < out.size)
    return scanned::more;
  out.payload = {from + header, size};
  return scanned::frame;
}

} // namespace troupe::load
