#include "backends/redis/reply.hpp"

#include <charconv>
#include <hiredis/hiredis.h>

namespace troupe::redis {

bool reply::is_error(std::string_view word) const {
  return is_error() && text.starts_with(word) && (text.size() == word.size() || text[word.size()] == ' ');
}

reply copy_of(const redisReply& r) {
  reply out;
  switch (r.type) {
  case REDIS_REPLY_INTEGER:
    out.is = reply::kind::integer;
    out.integer = r.integer;
    break;
  case REDIS_REPLY_STRING:
  case REDIS_REPLY_STATUS:
  case REDIS_REPLY_ERROR:
    out.is = r.type == REDIS_REPLY_ERROR ? reply::kind::error : reply::kind::text;
    out.text.assign(r.str, r.len);
    break;
  case REDIS_REPLY_ARRAY:
    out.is = reply::kind::list;
    out.items.reserve(r.elements);
    for (std::size_t i = 0; i < r.elements; ++i)
      out.items.push_back(copy_of(*r.element[i]));
    break;
  default: break;
  }
  return out;
}

std::uint64_t to_number(std::string_view text) {
  std::uint64_t n = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), n);
  return failed == std::errc{} && end == text.data() + text.size() ? n : 0;
}

} // namespace troupe::redis
