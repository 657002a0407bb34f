#pragma once
// Bytes between nodes: unsigned numbers as LEB128, texts with their length in front. Writers append; the reader never looks
// beyond its input and remembers its first failure, so that a message is read to its end and judged once.

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::cluster::wire {

inline void put(std::string& out, std::uint64_t n) {
  for (; n >= 0x80; n >>= 7)
    out.push_back(static_cast<char>(n | 0x80));
  out.push_back(static_cast<char>(n));
}
inline void put(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint64_t>(text.size()));
  out.append(text);
}

class reader {
 public:
  explicit reader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number() {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty())
        break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      n |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80)
        return n;
    }
    fail();
    return 0;
  }
  /// A number that is at most `most`.
  std::uint64_t number(std::uint64_t most) {
    const auto n = number();
    if (n > most)
      fail();
    return ok_ ? n : 0;
  }
  bool flag() { return number(1) == 1; }
  /// Part of the input.
  std::string_view text() {
    const auto size = number();
    if (!ok_ || size > rest_.size()) {
      fail();
      return {};
    }
    const auto t = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return t;
  }
  /// How many things follow, of which each takes at least a byte.
  std::size_t count() { return static_cast<std::size_t>(number(rest_.size())); }

  std::string_view rest() const { return rest_; }
  bool ok() const { return ok_; }
  /// Everything was well-formed and nothing is left over.
  bool done() const { return ok_ && rest_.empty(); }
  void fail() {
    ok_ = false;
    rest_ = {};
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

} // namespace troupe::cluster::wire
