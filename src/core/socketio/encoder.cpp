#include "core/socketio/encoder.hpp"

#include "core/json/json_text.hpp"

namespace troupe::socketio {

std::string text_head(const packet& p) {
  const bool binary = !p.attachments.empty();
  std::string out(1, static_cast<char>('0' + static_cast<int>(p.type) + (binary ? 3 : 0)));
  if (binary)
    out.append(std::to_string(p.attachments.size())).push_back('-');
  if (p.nsp != "/")
    out.append(p.nsp).push_back(',');
  if (p.id)
    out.append(std::to_string(*p.id));
  return out;
}

std::string encode_text(const packet& p) {
  return text_head(p).append(p.data);
}

std::string event_data(std::string_view name, std::string_view args) {
  std::string out;
  out.reserve(name.size() + args.size() + 8);
  out.push_back('[');
  json::append_string(out, name);
  if (!args.empty())
    out.append(1, ',').append(args);
  out.push_back(']');
  return out;
}

} // namespace troupe::socketio
