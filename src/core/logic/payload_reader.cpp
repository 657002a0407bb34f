#include "core/logic/payload_reader.hpp"

#include "core/json/json_text.hpp"
#include "core/logic/refusals.hpp"

#include <algorithm>

namespace troupe::logic {
namespace {

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

std::optional<std::string> name_text(std::string_view value) {
  if (auto text = json::string_value(value))
    return text;
  if (const auto number = json::integer_value(value))
    return std::to_string(*number);
  return std::nullopt;
}

std::string list(std::initializer_list<std::string_view> fields) {
  std::string text;
  for (std::string_view field : fields)
    text.append(text.empty() ? "\"" : " or \"").append(field).append("\"");
  return text;
}

} // namespace

payload_reader::payload_reader(const inbound_event& event, const limits& l) : limits_(l), args_(event.args) {}

std::string_view payload_reader::first() const {
  if (!first_)
    first_ = json::array_reader(args_).next().value_or(std::string_view{});
  return *first_;
}

std::optional<std::string_view> payload_reader::optional_json(std::string_view field) const {
  if (!members_)
    members_.emplace(first());
  return members_->find(field);
}

void payload_reader::fail(error why) {
  if (!problem_)
    problem_ = std::move(why);
}

payload_reader& payload_reader::object() {
  if (first().empty() || json::kind_of(first()) != json::kind::object)
    fail(invalid_payload("the first argument must be an object"));
  return *this;
}

std::string_view payload_reader::json(std::string_view field) {
  const auto value = optional_json(field);
  if (!value)
    fail(missing_field(field));
  return value.value_or("null");
}

std::string payload_reader::checked_name(std::string_view field, std::string_view value, std::size_t max_bytes) {
  auto text = name_text(value);
  if (!text)
    fail(invalid_payload("\"" + std::string(field) + "\" must be a string"));
  else if (text->empty())
    fail(invalid_payload("\"" + std::string(field) + "\" must not be empty"));
  else if (text->size() > max_bytes)
    fail(name_too_long(field, max_bytes));
  else if (has_control_character(*text))
    fail(invalid_payload("\"" + std::string(field) + "\" must not hold control characters"));
  else
    return *std::move(text);
  return {};
}

std::string payload_reader::name(std::string_view field, std::size_t max_bytes) {
  const auto value = optional_json(field);
  if (!value || json::kind_of(*value) == json::kind::null) {
    fail(missing_field(field));
    return {};
  }
  return checked_name(field, *value, max_bytes);
}

std::optional<std::string> payload_reader::optional_name(std::string_view field, std::size_t max_bytes) {
  const auto value = optional_json(field);
  if (!value || json::kind_of(*value) == json::kind::null)
    return std::nullopt;
  return checked_name(field, *value, max_bytes);
}

std::string payload_reader::name_or_member(std::initializer_list<std::string_view> fields, std::size_t max_bytes) {
  if (first().empty()) {
    fail(missing_field(*fields.begin()));
    return {};
  }
  if (json::kind_of(first()) != json::kind::object)
    return checked_name(*fields.begin(), first(), max_bytes);
  for (std::string_view field : fields)
    if (has(field))
      return name(field, max_bytes);
  fail({"missing_field", "the object has no member " + list(fields)});
  return {};
}

std::vector<std::string> payload_reader::names(std::string_view what, std::size_t max_bytes, std::size_t max_count) {
  if (first().empty()) {
    fail(missing_field(what));
    return {};
  }
  if (json::kind_of(first()) != json::kind::array)
    return {checked_name(what, first(), max_bytes)};
  std::vector<std::string> found;
  json::array_reader reader(first());
  while (const auto value = reader.next()) {
    if (found.size() == max_count)
      fail(too_many_watched_users(max_count));
    if (problem_)
      return {};
    found.push_back(checked_name(what, *value, max_bytes));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

bool payload_reader::boolean(std::string_view field, bool fallback) {
  const auto value = optional_json(field);
  if (!value)
    return fallback;
  const auto flag = json::boolean_value(*value);
  if (!flag)
    fail(invalid_payload("\"" + std::string(field) + "\" must be true or false"));
  return flag.value_or(fallback);
}

std::uint64_t payload_reader::count(std::string_view field) {
  const auto value = optional_json(field);
  if (!value) {
    fail(missing_field(field));
    return 0;
  }
  const auto number = json::integer_value(*value);
  if (!number || *number < 0)
    fail(invalid_payload("\"" + std::string(field) + "\" must be an integer of 0 or more"));
  return number && *number >= 0 ? static_cast<std::uint64_t>(*number) : 0;
}

} // namespace troupe::logic
