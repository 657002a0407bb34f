#pragma once
// What a message carries so that its receivers can be checked: who sent it where, as which, and when it was due.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace troupe::load {

/// 48 characters: `~tl`, 5 digits of the run, then room, publisher and sequence (8 digits each) and the intended send
/// time (16 digits, nanoseconds), all hexadecimal. Needs no escaping in JSON, and stands at a fixed place of the body.
struct marker {
  static constexpr std::size_t size = 48;
  static constexpr std::size_t tag_size = 8;

  std::uint32_t room = 0;
  std::uint32_t publisher = 0; ///< its number in the room
  std::uint32_t seq = 0;       ///< per publisher, from 0
  std::int64_t due_ns = 0;     ///< of the machine's monotonic clock
};

/// Finds and reads the markers of one run.
class marker_format {
 public:
  /// The lower 20 bits tell runs against the same server apart.
  explicit marker_format(std::uint32_t run);

  /// Writes marker::size characters.
  void write(char* to, const marker& m) const;

  /// Whether there is one in `text`. Most messages look alike, so where the last one was found is tried first.
  bool find(std::string_view text, marker& out) {
    if (text.size() >= last_ + marker::size && std::memcmp(text.data() + last_, tag_, marker::tag_size) == 0) {
      read(text.data() + last_, out);
      return true;
    }
    return search(text, out);
  }

 private:
  static void read(const char* from, marker& out);
  bool search(std::string_view text, marker& out);

  char tag_[marker::tag_size];
  std::size_t last_ = 0;
};

} // namespace troupe::load
