#include "core/json/json_text.hpp"
#include "core/json/scan.hpp"
#include "core/json/utf8.hpp"

#include <algorithm>
#include <array>

namespace troupe::json {
namespace {

constexpr std::size_t depth_ceiling = 1024;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// One pass over the grammar of RFC 8259, without recursion and without allocation.
class checker {
 public:
  checker(std::string_view text, std::size_t max_depth)
    : p_(text.data()), end_(text.data() + text.size()), max_depth_(std::min(max_depth, depth_ceiling)) {}

  bool run() {
    do {
      if (!open_to_scalar() || !close_to_next())
        return false;
    } while (depth_ > 0);
    space();
    return p_ == end_;
  }

 private:
  /// Opens containers until one value is complete: a scalar or an empty container.
  bool open_to_scalar() {
    for (;;) {
      space();
      if (p_ == end_)
        return false;
      const char c = *p_;
      if (c != '[' && c != '{')
        return scalar(c);
      ++p_;
      if (!push(c == '{'))
        return false;
      space();
      if (p_ < end_ && *p_ == c + 2) { // in ASCII both closing brackets are two behind their opening ones
        ++p_;
        pop();
        return true;
      }
      if (in_object_ && !key())
        return false;
    }
  }

  /// Behind a value: closes containers up to the next comma, and reads the key behind it in an object.
  bool close_to_next() {
    while (depth_ > 0) {
      space();
      if (p_ == end_)
        return false;
      const char c = *p_++;
      if (c == ',')
        return !in_object_ || key();
      if (c != (in_object_ ? '}' : ']'))
        return false;
      pop();
    }
    return true;
  }

  bool key() {
    space();
    if (p_ == end_ || *p_ != '"' || !string())
      return false;
    space();
    return p_ < end_ && *p_++ == ':';
  }

  bool scalar(char c) {
    switch (c) {
    case '"': return string();
    case 't': return literal("true");
    case 'f': return literal("false");
    case 'n': return literal("null");
    default: return number();
    }
  }

  bool literal(std::string_view word) {
    if (std::string_view(p_, static_cast<std::size_t>(end_ - p_)).substr(0, word.size()) != word)
      return false;
    p_ += word.size();
    return true;
  }

  bool string() {
    ++p_;
    for (;;) {
      p_ = scan::find_string_stop(p_, end_);
      if (p_ == end_)
        return false;
      const char c = *p_++;
      if (c == '"')
        return true;
      if (c != '\\' || !escape())
        return false;
    }
  }

  bool escape() {
    if (p_ == end_)
      return false;
    switch (*p_++) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return true;
    case 'u': break;
    default: return false;
    }
    if (end_ - p_ < 4 || !std::all_of(p_, p_ + 4, is_hex))
      return false;
    p_ += 4;
    return true;
  }

  bool number() {
    if (*p_ == '-')
      ++p_;
    if (p_ < end_ && *p_ == '0')
      ++p_;
    else if (!digits())
      return false;
    if (p_ < end_ && *p_ == '.') {
      ++p_;
      if (!digits())
        return false;
    }
    if (p_ < end_ && (*p_ == 'e' || *p_ == 'E')) {
      ++p_;
      if (p_ < end_ && (*p_ == '+' || *p_ == '-'))
        ++p_;
      return digits();
    }
    return true;
  }

  bool digits() {
    const char* first = p_;
    while (p_ < end_ && is_digit(*p_))
      ++p_;
    return p_ > first;
  }

  void space() {
    while (p_ < end_ && static_cast<unsigned char>(*p_) <= ' ' && scan::is_space(*p_))
      ++p_;
  }

  bool push(bool object) {
    if (depth_ == max_depth_)
      return false;
    auto& word = outer_[depth_ / 64];
    const auto bit = std::uint64_t{1} << depth_ % 64;
    word = in_object_ ? word | bit : word & ~bit;
    ++depth_;
    in_object_ = object;
    return true;
  }

  void pop() {
    --depth_;
    in_object_ = outer_[depth_ / 64] >> depth_ % 64 & 1;
  }

  const char* p_;
  const char* end_;
  std::size_t max_depth_;
  std::size_t depth_ = 0;
  bool in_object_ = false;
  std::array<std::uint64_t, depth_ceiling / 64> outer_{}; ///< a bit for each open container: its parent is an object
};

} // namespace

bool valid(std::string_view text, std::size_t max_depth) {
  return checker(text, max_depth).run() && valid_utf8(text);
}

} // namespace troupe::json
