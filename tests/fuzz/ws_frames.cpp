#include "core/ws/deflate.hpp"
#include "core/ws/frame_reader.hpp"
#include "fuzz/target.hpp"
#include "support/client_frame.hpp"

#include <algorithm>
#include <memory>

namespace troupe::fuzz {
namespace {

using ws::opcode;
using ws::testing::client_frame;

constexpr std::size_t max_message = 300;

/// Feeds `bytes` in pieces of 1 to `longest` bytes (more behind the first few hundred), each in memory of its own.
std::vector<std::string> read(std::string_view bytes, std::size_t longest) {
  ws::frame_reader reader(max_message, true);
  std::vector<std::string> out;
  bool ended = false;
  for (std::size_t at = 0, n = 0; at < bytes.size(); at += n) {
    n = std::min(1 + (at * 7 + bytes.size()) % longest + (at < 400 ? 0 : 100), bytes.size() - at);
    const auto piece = std::make_unique<char[]>(n);
    std::copy_n(bytes.data() + at, n, piece.get());
    std::span<char> input(piece.get(), n);
    while (auto m = reader.next(input)) {
      require(!ended, "nothing is read behind a close or a failure");
      require(m->payload.size() <= std::max(max_message, std::size_t{125}), "messages keep their limit");
      ended = m->kind == ws::incoming::what::close || m->kind == ws::incoming::what::failed;
      out.push_back(ws::testing::describe(*m));
    }
    require(input.empty(), "all input is consumed");
    require(reader.buffered() <= std::min(at + n, 2 * max_message + 300), "no more is held than came");
    require(!ended || reader.buffered() == 0, "nothing is held behind the end");
  }
  return out;
}

} // namespace

void check_ws_frames(std::string_view bytes) {
  const auto whole = read(bytes, bytes.size() + 1);
  require(read(bytes, 1) == whole, "single bytes read like longer pieces");
  require(read(bytes, 9) == whole, "short pieces read like longer ones");
}

std::vector<std::string> ws_frames_corpus() {
  const auto packed = ws::deflate_message("compressed compressed compressed");
  return {
    client_frame(opcode::text, "2probe") + client_frame(opcode::text, "5"),
    client_frame(opcode::text, "42[\"message\",{\"room\":\"a\",\"content\":\"h\xc3\xa9llo\"}]"),
    client_frame(opcode::binary, std::string(200, '\x01')) + client_frame(opcode::ping, "are you there"),
    client_frame({.payload = "frag", .fin = false}) + client_frame(opcode::pong, "")
      + client_frame({.op = 0, .payload = "men", .fin = false}) + client_frame({.op = 0, .payload = "ts"}),
    client_frame({.op = 1, .payload = packed, .rsv = 4}) + client_frame(opcode::text, "3"),
    client_frame({.op = 2, .payload = packed.substr(0, 5), .fin = false, .rsv = 4})
      + client_frame({.op = 0, .payload = packed.substr(5)}),
    client_frame(opcode::text, "3")
      + client_frame(
        opcode::close, "\x03\xe8"
                       "bye"),
    client_frame(opcode::binary, std::string(300, 'x')),
    client_frame(opcode::close, ""),
  };
}

} // namespace troupe::fuzz
