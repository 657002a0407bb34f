#include "core/socketio/data_shape.hpp"

#include "core/json/json_text.hpp"
#include "core/json/token_reader.hpp"

namespace troupe::socketio {
namespace {

class shape_builder {
 public:
  void add(const json::token& t) {
    switch (t.kind) {
    case json::token::type::key: key_ = known(t.text); return;
    case json::token::type::close_object:
    case json::token::type::close_array: open_.pop_back(); return;
    case json::token::type::scalar: value(t.text); return;
    default: value({});
    }
    open_.push_back(containers.size());
    containers.emplace_back();
    key_ = key::other;
  }

  std::vector<container> containers;

 private:
  enum class key : std::uint8_t { other, placeholder, num };

  static key known(std::string_view raw) {
    if (raw.find('\\') == raw.npos)
      return raw == "\"_placeholder\"" ? key::placeholder : raw == "\"num\"" ? key::num : key::other;
    const auto name = json::string_value(raw);
    return name == "_placeholder" ? key::placeholder : name == "num" ? key::num : key::other;
  }

  /// A value of the innermost open container; `scalar` is empty for a container.
  void value(std::string_view scalar) {
    if (open_.empty())
      return;
    auto& parent = containers[open_.back()];
    ++parent.count;
    if (key_ == key::placeholder)
      parent.placeholder = scalar == "true";
    else if (key_ == key::num) {
      parent.index = json::integer_value(scalar).value_or(-1);
      parent.index_text = scalar;
    }
    key_ = key::other;
  }

  std::vector<std::size_t> open_;
  key key_ = key::other;
};

} // namespace

std::vector<container> containers_of(std::string_view json) {
  shape_builder shape;
  json::token_reader tokens(json);
  while (auto t = tokens.next())
    shape.add(*t);
  return std::move(shape.containers);
}

} // namespace troupe::socketio
