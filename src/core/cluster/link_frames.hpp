#pragma once
// The frames of a link: four bytes of length (big-endian, of what follows), one byte of kind, the content.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::cluster {

enum class frame_kind : std::uint8_t {
  hello = 1,   ///< the first frame of either side (link_hello.hpp)
  refused = 2, ///< instead of a hello, or as an answer to one: one byte, link_refusal; the last frame
  message = 3, ///< one message
  ping = 4,    ///< a sequence number of 8 bytes
  pong = 5,    ///< the same number, sent back
  bye = 6      ///< the last frame: this side leaves in order
};

inline constexpr std::size_t frame_head = 5;

/// Appends the head of a frame with `size` bytes of content.
void append_frame_head(std::string& out, frame_kind kind, std::size_t size);
void append_frame(std::string& out, frame_kind kind, std::string_view content);

struct link_frame {
  frame_kind kind;
  std::string_view content; ///< valid until the reader is called again
};

/// Cuts a stream of bytes into frames. What lies whole in a piece of input is not copied; memory is taken as bytes come, never as
/// a length announces them.
class frame_reader {
 public:
  /// `max_content`: longer frames are a failure.
  explicit frame_reader(std::size_t max_content) : max_(max_content) {}

  void set_max(std::size_t max_content) { max_ = max_content; }
  /// The next whole frame; nothing when the input is used up or has failed. Call until it gives nothing.
  std::optional<link_frame> next(std::string_view& input);
  /// The peer does not speak this protocol; nothing is read any more.
  bool failed() const { return failed_; }
  std::size_t buffered() const { return partial_.size(); }

 private:
  std::optional<link_frame> from_partial(std::string_view& input);
  bool good_head(std::string_view head);

  std::size_t max_;
  std::string partial_; ///< of a frame that began in an earlier piece
  bool given_ = false;  ///< `partial_` was a whole frame and has been given
  bool failed_ = false;
};

} // namespace troupe::cluster
