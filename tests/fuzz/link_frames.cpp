#include "core/cluster/link_frames.hpp"

#include "core/cluster/link_hello.hpp"
#include "fuzz/target.hpp"

#include <algorithm>
#include <memory>

namespace troupe::fuzz {
namespace {

using namespace cluster;

constexpr std::size_t max_content = 300;

/// Feeds `bytes` in pieces of up to `longest` bytes, each in memory of its own.
std::vector<std::string> read(std::string_view bytes, std::size_t longest) {
  frame_reader reader(max_content);
  std::vector<std::string> out;
  for (std::size_t at = 0, n = 0; at < bytes.size(); at += n) {
    n = std::min(1 + (at * 7 + bytes.size()) % longest, bytes.size() - at);
    const auto piece = std::make_unique<char[]>(n);
    std::copy_n(bytes.data() + at, n, piece.get());
    std::string_view input(piece.get(), n);
    while (auto f = reader.next(input)) {
      require(!reader.failed(), "nothing is given after a failure");
      require(f->content.size() <= max_content, "frames keep their limit");
      out.push_back(std::to_string(static_cast<int>(f->kind)) + std::string(f->content));
    }
    require(input.empty(), "all input is consumed");
    require(reader.buffered() <= max_content + frame_head, "no more is held than a frame");
  }
  return out;
}

void check_hello(std::string_view bytes) {
  auto h = decode_hello(bytes);
  if (!h)
    return;
  (void)judge(*h, *h, 1);
  if (h->protocol != link_protocol)
    return;
  auto again = decode_hello(encode(*h));
  require(again && again->from.node == h->from.node && again->client == h->client && again->to == h->to, "a hello survives its encoding");
}

} // namespace

void check_link_frames(std::string_view bytes) {
  const auto whole = read(bytes, bytes.size() + 1);
  require(read(bytes, 1) == whole, "single bytes read like longer pieces");
  require(read(bytes, 9) == whole, "short pieces read like longer ones");
  check_hello(bytes);
  for (auto& f : whole)
    check_hello(std::string_view(f).substr(1));
}

std::vector<std::string> link_frames_corpus() {
  link_hello h;
  h.version = "0.1.0";
  h.cluster = "production";
  h.from = {"node-1", 1'790'000'000'000, 3};
  h.to = "node-2";
  auto tunnel = h;
  tunnel.kind = link_kind::tunnel;
  tunnel.client = "2001:db8::1";
  std::string link, tunnelled, refused;
  append_frame(link, frame_kind::hello, encode(h));
  append_frame(link, frame_kind::message, "a message");
  append_frame(link, frame_kind::ping, "\0\0\0\0\0\0\0\1");
  append_frame(link, frame_kind::bye, "");
  append_frame(tunnelled, frame_kind::hello, encode(tunnel));
  append_frame(refused, frame_kind::refused, "\3");
  append_frame(refused, frame_kind::message, std::string(300, 'x'));
  return {link, tunnelled, refused, encode(h), encode(tunnel)};
}

} // namespace troupe::fuzz
