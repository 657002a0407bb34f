#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct redisReply;

namespace troupe::redis {

/// What Redis answered, as values of our own.
struct reply {
  enum class kind { nil, integer, text, error, list };
  kind is = kind::nil;
  std::int64_t integer = 0;
  std::string text; ///< of kinds text and error; any bytes
  std::vector<reply> items;

  bool is_error() const { return is == kind::error; }
  /// An error whose first word is this: "MOVED", "NOSCRIPT" ...
  bool is_error(std::string_view word) const;
  bool is_list(std::size_t at_least) const { return is == kind::list && items.size() >= at_least; }
};

reply copy_of(const redisReply& r);

/// The whole text as a number; 0 when it is none.
std::uint64_t to_number(std::string_view text);

} // namespace troupe::redis
