#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace troupe {

/// A socket id (20 characters) without a heap block of its own, for records that exist in great numbers.
class socket_name {
 public:
  socket_name() = default;
  /// Longer text is cut; ids are never longer.
  explicit socket_name(std::string_view id) {
    std::copy_n(id.begin(), std::min(id.size(), text_.size()), text_.begin());
  }
  std::string_view view() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 20> text_{};
};

} // namespace troupe
