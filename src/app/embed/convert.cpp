#include "app/embed/convert.hpp"

namespace troupe::embed {

namespace {

/// The value with placeholders where binary was; what was there goes to `attachments`.
value without_binary(const value& v, std::vector<std::string>& attachments) {
  if (v.is_binary()) {
    attachments.emplace_back(bytes_of(v));
    return {{"_placeholder", true}, {"num", attachments.size() - 1}};
  }
  if (!v.is_structured())
    return v;
  auto out = v;
  for (auto& member : out.items())
    member.value() = without_binary(member.value(), attachments);
  return out;
}

bool has_binary(const value& v) {
  if (v.is_binary())
    return true;
  if (v.is_structured())
    for (auto& member : v)
      if (has_binary(member))
        return true;
  return false;
}

void put_binary_back(value& v, const std::vector<std::string>& attachments) {
  if (!v.is_structured())
    return;
  if (v.is_object() && v.size() == 2 && v.contains("_placeholder") && v.contains("num") && v["num"].is_number_unsigned()) {
    auto n = v["num"].get<std::size_t>();
    if (n < attachments.size())
      v = binary(attachments[n]);
    return;
  }
  for (auto& member : v)
    put_binary_back(member, attachments);
}

} // namespace

std::string to_text(const value& v) { return v.dump(-1, ' ', false, value::error_handler_t::replace); }

logic::arguments to_wire(const value& array) {
  logic::arguments out;
  for (auto& v : array) {
    if (!out.json.empty())
      out.json += ',';
    out.json += has_binary(v) ? to_text(without_binary(v, out.attachments)) : to_text(v);
  }
  return out;
}

value from_wire(std::string_view json, const std::vector<std::string>& attachments) {
  auto v = value::parse(json, nullptr, false);
  if (v.is_discarded())
    return value::array();
  if (!attachments.empty())
    put_binary_back(v, attachments);
  return v;
}

} // namespace troupe::embed
