#include "core/cluster/link_frames.hpp"

#include <algorithm>

namespace troupe::cluster {
namespace {

/// A partial frame's memory above this is given back after it.
constexpr std::size_t kept = 64 * 1024;

std::size_t length_of(std::string_view head) {
  std::size_t n = 0;
  for (int i = 0; i < 4; ++i)
    n = n << 8 | static_cast<unsigned char>(head[i]);
  return n;
}

} // namespace

void append_frame_head(std::string& out, frame_kind kind, std::size_t size) {
  const auto length = static_cast<std::uint32_t>(size + 1);
  const char head[frame_head] = {static_cast<char>(length >> 24), static_cast<char>(length >> 16), static_cast<char>(length >> 8),
                                 static_cast<char>(length), static_cast<char>(kind)};
  out.append(head, frame_head);
}

void append_frame(std::string& out, frame_kind kind, std::string_view content) {
  append_frame_head(out, kind, content.size());
  out.append(content);
}

std::optional<link_frame> frame_reader::next(std::string_view& input) {
  if (given_) {
    given_ = false;
    if (partial_.capacity() > kept)
      std::string().swap(partial_);
    partial_.clear();
  }
  if (failed_) {
    input = {};
    return std::nullopt;
  }
  if (!partial_.empty())
    return from_partial(input);
  if (input.size() >= frame_head) {
    if (!good_head(input)) {
      input = {};
      return std::nullopt;
    }
    const auto whole = length_of(input) + 4;
    if (input.size() >= whole) {
      const link_frame f{static_cast<frame_kind>(input[4]), input.substr(frame_head, whole - frame_head)};
      input.remove_prefix(whole);
      return f;
    }
  }
  partial_.assign(input);
  input = {};
  return std::nullopt;
}

std::optional<link_frame> frame_reader::from_partial(std::string_view& input) {
  const auto take = [&](std::size_t up_to) {
    const auto n = std::min(up_to - std::min(up_to, partial_.size()), input.size());
    partial_.append(input.substr(0, n));
    input.remove_prefix(n);
  };
  if (partial_.size() < frame_head)
    take(frame_head);
  if (partial_.size() < frame_head)
    return std::nullopt;
  if (!good_head(partial_)) {
    std::string().swap(partial_);
    input = {};
    return std::nullopt;
  }
  const auto whole = length_of(partial_) + 4;
  take(whole);
  if (partial_.size() < whole)
    return std::nullopt;
  given_ = true;
  return link_frame{static_cast<frame_kind>(partial_[4]), std::string_view(partial_).substr(frame_head)};
}

bool frame_reader::good_head(std::string_view head) {
  const auto length = length_of(head);
  const auto kind = static_cast<unsigned char>(head[4]);
  failed_ = length == 0 || length - 1 > max_ || kind < static_cast<unsigned char>(frame_kind::hello)
    || kind > static_cast<unsigned char>(frame_kind::bye);
  return !failed_;
}

} // namespace troupe::cluster
