#include "core/json/json_text.hpp"
#include "core/json/token_reader.hpp"
#include "core/socketio/data_shape.hpp"
#include "core/socketio/encoder.hpp"
#include "core/socketio/msgpack_writer.hpp"

#include <charconv>
#include <limits>

namespace troupe::socketio {
namespace {

using token = json::token;

void write_number(msgpack_writer& out, std::string_view text) {
  if (const auto n = json::integer_value(text))
    return out.integer(*n);
  std::uint64_t big = 0;
  const auto* end = text.data() + text.size();
  if (const auto r = std::from_chars(text.data(), end, big); r.ec == std::errc{} && r.ptr == end)
    return out.unsigned_integer(big);
  const double infinity = std::numeric_limits<double>::infinity(); // what JSON.parse makes of 1e999
  out.number(json::number_value(text).value_or(text.front() == '-' ? -infinity : infinity));
}

void write_scalar(msgpack_writer& out, std::string_view text) {
  switch (json::kind_of(text)) {
  case json::kind::string: return out.string(*json::string_value(text));
  case json::kind::number: return write_number(out, text);
  case json::kind::boolean: return out.boolean(text == "true");
  default: return out.nil();
  }
}

/// JSON text to msgpack in two linear passes: msgpack needs the sizes of containers before their contents, and a
/// placeholder is known only at its end.
class data_writer {
 public:
  data_writer(msgpack_writer& out, const packet& p)
    : out_(out), attachments_(p.attachments), containers_(containers_of(p.data)), tokens_(p.data) {}

  void run() {
    while (auto t = tokens_.next())
      write(*t);
  }

 private:
  void write(const token& t) {
    switch (t.kind) {
    case token::type::key:
    case token::type::scalar: return write_scalar(out_, t.text);
    case token::type::open_array: return out_.array(containers_[next_++].count);
    case token::type::open_object: return open_object(containers_[next_++]);
    default: return; // msgpack has no closing brackets
    }
  }

  void open_object(const container& c) {
    const bool known = c.placeholder && c.index >= 0 && static_cast<std::uint64_t>(c.index) < attachments_.size();
    if (!known)
      return out_.map(c.count);
    out_.binary(attachments_[static_cast<std::size_t>(c.index)]);
    skip_rest();
  }

  /// Swallows the members of a placeholder, which may have more than its two.
  void skip_rest() {
    for (std::size_t depth = 1; depth > 0;) {
      const auto kind = tokens_.next()->kind;
      if (kind == token::type::open_array || kind == token::type::open_object) {
        ++depth;
        ++next_;
      } else if (kind == token::type::close_array || kind == token::type::close_object) {
        --depth;
      }
    }
  }

  msgpack_writer& out_;
  const std::vector<std::string>& attachments_;
  const std::vector<container> containers_;
  std::size_t next_ = 0;
  json::token_reader tokens_;
};

} // namespace

std::string encode_msgpack(const packet& p) {
  std::string out;
  out.reserve(p.data.size() + p.nsp.size() + 32);
  msgpack_writer w(out);
  w.map(2 + (p.data.empty() ? 0 : 1) + (p.id ? 1 : 0));
  w.string("type");
  w.integer(static_cast<int>(p.type));
  w.string("nsp");
  w.string(p.nsp);
  if (!p.data.empty()) {
    w.string("data");
    data_writer(w, p).run();
  }
  if (p.id) {
    w.string("id");
    w.unsigned_integer(*p.id);
  }
  return out;
}

} // namespace troupe::socketio
