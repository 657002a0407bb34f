#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::json {

struct token {
  enum class type : std::uint8_t { open_object, close_object, open_array, close_array, key, scalar };
  type kind;
  std::string_view text; ///< keys and strings with their quotes
};

/// The tokens of a valid text one after another, in one pass, without commas and colons. For work on whole trees that
/// must stay linear whatever a client sends.
class token_reader {
 public:
  explicit token_reader(std::string_view text) : text_(text) {}
  std::optional<token> next();

 private:
  std::string_view text_;
  std::size_t pos_ = 0;
};

} // namespace troupe::json
