#pragma once
// Base64 with the alphabet of URLs and without padding (RFC 4648, section 5), for ids of a fixed size.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

namespace base64url {

inline constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
inline constexpr unsigned char no_digit = 64;
inline constexpr std::array<unsigned char, 256> digits = [] {
  std::array<unsigned char, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<unsigned char>(i);
  return values;
}();

/// Bytes of which numbers are laid out one after the other, the highest byte first.
template <std::size_t N>
  requires(N % 3 == 0)
class bytes {
 public:
  static constexpr std::size_t chars = N / 3 * 4;

  /// Appends the lowest `count` bytes of `value`.
  bytes& put(std::uint64_t value, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      data_[at_++] = static_cast<unsigned char>(value >> (8 * (count - 1 - i)));
    return *this;
  }
  std::uint64_t get(std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value = value << 8 | data_[at_++];
    return value;
  }

  std::string text() const {
    std::string out;
    out.reserve(chars);
    for (std::size_t i = 0; i < N; i += 3) {
      const std::uint32_t n = std::uint32_t{data_[i]} << 16 | std::uint32_t{data_[i + 1]} << 8 | data_[i + 2];
      for (int shift = 18; shift >= 0; shift -= 6)
        out.push_back(alphabet[n >> shift & 63]);
    }
    return out;
  }

  /// Nothing unless `text` has exactly the length and the alphabet.
  static std::optional<bytes> of(std::string_view text) {
    if (text.size() != chars)
      return std::nullopt;
    bytes out;
    for (std::size_t i = 0; i < chars; i += 4) {
      std::uint32_t n = 0;
      for (const char c : text.substr(i, 4)) {
        const auto v = digits[static_cast<unsigned char>(c)];
        if (v == no_digit)
          return std::nullopt;
        n = n << 6 | v;
      }
      for (std::size_t k = 0; k < 3; ++k)
        out.data_[i / 4 * 3 + k] = static_cast<unsigned char>(n >> (16 - 8 * k));
    }
    return out;
  }

 private:
  std::array<unsigned char, N> data_{};
  std::size_t at_ = 0;
};

} // namespace base64url
} // namespace troupe
