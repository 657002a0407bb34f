#pragma once
// The 2 to 14 bytes in front of a frame's payload (RFC 6455 5.2), from a client's side.

#include "core/ws/frame_reader.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace troupe::ws {

struct frame_header {
  bool fin = true;
  bool rsv1 = false;
  opcode op = opcode::text;
  std::uint64_t payload_size = 0;
  std::size_t size = 0; ///< of the header itself
  std::array<char, 4> mask{};

  bool is_control() const { return static_cast<std::uint8_t>(op) >= 8; }
};

/// What the front of a byte stream says about its frame.
struct header_check {
  bool legal = true;     ///< false: a rule that needs no more bytes to be judged is broken
  bool complete = false; ///< the header itself is there and `out` is filled
  std::size_t need = 2;  ///< bytes of the header that must be there before the next call can say more
};

/// Reads a header as far as it is there and judges it without knowing its neighbours: mask present, RSV2 and RSV3
/// clear, opcode known, control frames short and whole, lengths minimal.
header_check read_header(std::span<const char> bytes, frame_header& out);

/// XORs `bytes` with the repeated mask, which starts at `bytes[0]`.
void unmask(std::span<char> bytes, const std::array<char, 4>& mask);

} // namespace troupe::ws
