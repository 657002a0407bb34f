#pragma once
// The least of WebSocket that the floor needs: a handshake's answer, frames out, frames in.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace floor_bench {

/// The answer to an upgrade request, or nothing when `head` asks for something else.
std::optional<std::string> upgrade_answer(std::string_view head);

/// A final text frame as a server sends it.
std::string text_frame(std::string_view payload);

struct client_frame {
  std::uint8_t opcode = 0;
  std::string_view payload; ///< unmasked, inside the bytes that were given
  std::size_t size = 0;     ///< of the whole frame
};

/// Takes the first frame of `bytes` and unmasks it there; nothing while it is incomplete.
std::optional<client_frame> take_frame(char* bytes, std::size_t size);

} // namespace floor_bench
