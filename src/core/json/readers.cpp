#include "core/json/json_text.hpp"
#include "core/json/object_index.hpp"
#include "core/json/scan.hpp"

namespace troupe::json {
namespace {

/// What stands between the brackets of a valid array or object; empty for anything else.
std::string_view inside(std::string_view container, char open) {
  const auto text = scan::trim(container);
  return text.size() >= 2 && text.front() == open ? scan::trim(text.substr(1, text.size() - 2)) : std::string_view{};
}

/// Behind the comma (if there is one) and the white space at `pos`.
std::size_t skip_comma(std::string_view text, std::size_t pos) {
  pos = scan::skip_space(text, pos);
  return pos < text.size() && text[pos] == ',' ? scan::skip_space(text, pos + 1) : pos;
}

bool same_key(std::string_view raw, std::string_view name) {
  const auto inner = raw.substr(1, raw.size() - 2);
  if (inner == name)
    return true;
  // An escaped spelling is longer than what it stands for.
  if (inner.size() <= name.size() || inner.find('\\') == inner.npos)
    return false;
  return string_value(raw) == name;
}

} // namespace

kind kind_of(std::string_view value) {
  const auto pos = scan::skip_space(value, 0);
  switch (pos < value.size() ? value[pos] : 'n') {
  case 'n': return kind::null;
  case 't':
  case 'f': return kind::boolean;
  case '"': return kind::string;
  case '[': return kind::array;
  case '{': return kind::object;
  default: return kind::number;
  }
}

array_reader::array_reader(std::string_view array) : text_(inside(array, '[')) {}

std::optional<std::string_view> array_reader::next() {
  if (pos_ >= text_.size())
    return std::nullopt;
  const auto end = scan::skip_value(text_, pos_);
  const auto element = text_.substr(pos_, end - pos_);
  pos_ = skip_comma(text_, end);
  return element;
}

std::string_view array_reader::rest() const {
  return text_.substr(pos_);
}

object_reader::object_reader(std::string_view object) : text_(inside(object, '{')) {}

std::optional<std::pair<std::string_view, std::string_view>> object_reader::next() {
  if (pos_ >= text_.size())
    return std::nullopt;
  const auto key_end = scan::skip_string(text_, pos_);
  const auto key = text_.substr(pos_, key_end - pos_);
  const auto value_pos = scan::skip_space(text_, scan::skip_space(text_, key_end) + 1);
  const auto end = scan::skip_value(text_, value_pos);
  pos_ = skip_comma(text_, end);
  return std::pair{key, text_.substr(value_pos, end - value_pos)};
}

std::optional<std::string_view> member(std::string_view object, std::string_view name) {
  std::optional<std::string_view> found;
  object_reader members(object);
  while (auto m = members.next())
    if (same_key(m->first, name))
      found = m->second;
  return found;
}

object_index::object_index(std::string_view object) {
  object_reader reader(object);
  while (auto m = reader.next())
    members_.push_back(*m);
}

std::optional<std::string_view> object_index::find(std::string_view name) const {
  for (auto m = members_.rbegin(); m != members_.rend(); ++m)
    if (same_key(m->first, name))
      return m->second;
  return std::nullopt;
}

} // namespace troupe::json
