#include "core/json/token_reader.hpp"

#include "core/json/scan.hpp"

namespace troupe::json {

std::optional<token> token_reader::next() {
  while (pos_ < text_.size() && (scan::is_space(text_[pos_]) || text_[pos_] == ',' || text_[pos_] == ':'))
    ++pos_;
  if (pos_ >= text_.size())
    return std::nullopt;
  const auto start = pos_;
  auto bracket = [&](token::type t) { return token{t, text_.substr(pos_++, 1)}; };
  switch (text_[pos_]) {
  case '{': return bracket(token::type::open_object);
  case '}': return bracket(token::type::close_object);
  case '[': return bracket(token::type::open_array);
  case ']': return bracket(token::type::close_array);
  case '"': pos_ = scan::skip_string(text_, pos_); break;
  default: pos_ = scan::skip_scalar(text_, pos_);
  }
  // Only a key has a colon behind it.
  const auto behind = scan::skip_space(text_, pos_);
  const bool key = behind < text_.size() && text_[behind] == ':';
  return token{key ? token::type::key : token::type::scalar, text_.substr(start, pos_ - start)};
}

} // namespace troupe::json
