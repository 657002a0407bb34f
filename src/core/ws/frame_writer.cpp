#include "core/ws/frame_writer.hpp"

#include <cstdint>

namespace troupe::ws {
namespace {

void append_big_endian(std::string& out, std::uint64_t n, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(n >> shift & 0xff));
}

} // namespace

void append_header(std::string& out, opcode op, std::size_t payload_size, bool compressed) {
  out.push_back(static_cast<char>(0x80 | (compressed ? 0x40 : 0) | static_cast<unsigned>(op)));
  if (payload_size <= 125) {
    out.push_back(static_cast<char>(payload_size));
  } else if (payload_size <= 0xffff) {
    out.push_back(126);
    append_big_endian(out, payload_size, 2);
  } else {
    out.push_back(127);
    append_big_endian(out, payload_size, 8);
  }
}

void append_frame(std::string& out, opcode op, std::string_view payload, bool compressed) {
  append_header(out, op, payload.size(), compressed);
  out.append(payload);
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  std::string body;
  if (code != 0) {
    append_big_endian(body, code, 2);
    std::size_t keep = reason.size();
    if (keep > 123) // control frames hold 125 bytes; do not cut inside a character
      for (keep = 123; keep > 0 && (static_cast<unsigned char>(reason[keep]) & 0xc0) == 0x80;)
        --keep;
    body.append(reason.substr(0, keep));
  }
  std::string out;
  append_frame(out, opcode::close, body);
  return out;
}

} // namespace troupe::ws
