#pragma once
// Frames as a client sends them, for tests; every part can be made wrong.

#include "core/ws/frame_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::ws::testing {

struct frame_spec {
  unsigned op = 1;
  std::string payload = {};
  bool fin = true;
  unsigned rsv = 0; ///< three bits, RSV1 is 4
  bool masked = true;
  std::string mask = "\x37\xfa\x21\x3d";
  int length_bytes = -1; ///< 0, 2 or 8 bytes of extended length; -1: as many as needed
};

inline std::string client_frame(const frame_spec& f) {
  const auto size = f.payload.size();
  const int extended = f.length_bytes >= 0 ? f.length_bytes : size <= 125 ? 0 : size <= 0xffff ? 2 : 8;
  const unsigned length = extended == 8 ? 127 : extended == 2 ? 126 : static_cast<unsigned>(size);
  std::string out(1, static_cast<char>((f.fin ? 0x80 : 0) | f.rsv << 4 | f.op));
  out.push_back(static_cast<char>((f.masked ? 0x80 : 0) | length));
  for (int i = extended - 1; i >= 0; --i)
    out.push_back(static_cast<char>(std::uint64_t{size} >> (8 * i)));
  if (!f.masked)
    return out + f.payload;
  out += f.mask;
  for (std::size_t i = 0; i < size; ++i)
    out.push_back(static_cast<char>(f.payload[i] ^ f.mask[i % 4]));
  return out;
}

/// Masked and final.
inline std::string client_frame(opcode op, std::string_view payload) {
  return client_frame({.op = static_cast<unsigned>(op), .payload = std::string(payload)});
}

/// One incoming as text, e.g. `text:hello`, `close:1000:bye`, `failed:1002`.
inline std::string describe(const incoming& m) {
  static constexpr const char* names[] = {"text", "binary", "ping", "pong", "close", "failed"};
  const auto code =
    m.kind == incoming::what::close || m.kind == incoming::what::failed ? ":" + std::to_string(m.code) : "";
  const auto payload = m.kind == incoming::what::failed ? "" : ":" + std::string(m.payload);
  return names[static_cast<int>(m.kind)] + code + payload;
}

/// What a reader makes of `bytes` that come in pieces of `piece` bytes.
inline std::vector<std::string> feed(frame_reader& reader, std::string bytes, std::size_t piece = std::string::npos) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at)) {
    std::string part = bytes.substr(at, piece); // of its own, so that reading beyond it is found
    std::span<char> input(part);
    while (auto m = reader.next(input))
      out.push_back(describe(*m));
  }
  return out;
}

inline std::vector<std::string> read_all(
  const std::string& bytes, std::size_t max_message = 1'000'000, bool deflate = false,
  std::size_t piece = std::string::npos) {
  frame_reader reader(max_message, deflate);
  return feed(reader, bytes, piece);
}

} // namespace troupe::ws::testing
