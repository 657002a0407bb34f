#include "core/socketio/msgpack_packet.hpp"

#include "core/json/json_text.hpp"
#include "core/socketio/msgpack_time.hpp"
#include "core/socketio/packet_rules.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>

namespace troupe::socketio {
namespace {

using json_sax = nlohmann::json_sax<nlohmann::json>;

constexpr std::uint64_t first_illegal_id = 1'000'000'000'000'000'000; // 18 digits, as in text packets
constexpr std::size_t ext_date = 0, ext_timestamp = 0xff;

/// Takes the events of the msgpack reader and writes the packet's `data` as JSON text while they come. Nothing is built
/// as a tree, so the work is linear; depth is bounded because the reader recurses only while we say true.
class packet_builder : public json_sax {
 public:
  explicit packet_builder(const limits& l) : limits_(l) {}

  packet out;
  bool has_type = false, has_nsp = false;
  const char* why = "The msgpack packet is malformed.";

  bool null() override { return depth_ == 1 ? nil_field() : scalar("null"); }
  bool boolean(bool b) override { return scalar(b ? "true" : "false"); }
  bool number_integer(number_integer_t n) override {
    return n < 0 ? scalar(std::to_string(n)) : number_unsigned(number_unsigned_t(n));
  }
  bool number_unsigned(number_unsigned_t n) override {
    return (depth_ == 1 && number_field(n)) || scalar(std::to_string(n));
  }
  bool number_float(number_float_t n, const string_t&) override;
  bool string(string_t& s) override;
  bool binary(binary_t& bytes) override;
  bool start_object(std::size_t) override { return open('{'); }
  bool end_object() override { return close('}'); }
  bool start_array(std::size_t) override { return open('['); }
  bool end_array() override { return close(']'); }
  bool key(string_t& name) override;
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  enum class field { other, type, nsp, data, id };

  static field named(std::string_view name) {
    return name == "type"   ? field::type
           : name == "nsp"  ? field::nsp
           : name == "data" ? field::data
           : name == "id"   ? field::id
                            : field::other;
  }

  bool refuse(const char* reason) {
    why = reason;
    return false;
  }
  bool wrong_field() {
    return refuse("A msgpack packet is a map with an integer type, a string nsp and an integer id.");
  }

  bool in_data() const { return field_ == field::data; }

  void comma() {
    if (!out.data.empty() && out.data.back() != '[' && out.data.back() != '{' && out.data.back() != ':')
      out.data.push_back(',');
  }

  bool open(char bracket);
  bool close(char bracket);
  bool nil_field();
  bool number_field(std::uint64_t n);
  bool scalar(std::string_view json);
  bool attachment(std::string_view bytes);
  bool date(std::optional<std::int64_t> unix_ms);
  bool extension(std::size_t type, std::string_view payload);

  const limits& limits_;
  field field_ = field::other;
  std::size_t depth_ = 0; ///< open containers, the packet's own map included
};

bool packet_builder::open(char bracket) {
  if (depth_ == 0 && bracket != '{')
    return wrong_field();
  if (depth_ > limits_.max_json_depth)
    return refuse("The packet's data is nested deeper than limits.max_json_depth.");
  if (depth_ == 1 && !in_data() && field_ != field::other)
    return wrong_field();
  if (depth_ >= 1 && in_data()) {
    comma();
    out.data.push_back(bracket);
  }
  ++depth_;
  return true;
}

bool packet_builder::close(char bracket) {
  if (--depth_ >= 1 && in_data())
    out.data.push_back(bracket);
  return true;
}

bool packet_builder::key(string_t& name) {
  if (depth_ == 1) {
    field_ = named(name);
    if (in_data()) { // the last of equal keys counts
      out.data.clear();
      out.attachments.clear();
    }
  } else if (in_data()) {
    comma();
    json::append_string(out.data, name);
    out.data.push_back(':');
  }
  return true;
}

/// Some encoders send nil for what the packet does not have.
bool packet_builder::nil_field() {
  if (field_ == field::id)
    out.id.reset();
  return field_ == field::type || field_ == field::nsp ? wrong_field() : true;
}

/// True if the field of the packet itself took the number.
bool packet_builder::number_field(std::uint64_t n) {
  if (field_ == field::type && n <= 4) {
    out.type = static_cast<packet_type>(n);
    return has_type = true;
  }
  if (field_ == field::id && n < first_illegal_id) {
    out.id = n;
    return true;
  }
  return false;
}

bool packet_builder::number_float(number_float_t n, const string_t&) {
  if (!std::isfinite(n))
    return scalar("null"); // as JSON.stringify does
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, n).ptr;
  return scalar({text, static_cast<std::size_t>(end - text)});
}

bool packet_builder::string(string_t& s) {
  if (depth_ == 1 && field_ == field::nsp) {
    out.nsp = std::move(s);
    return has_nsp = true;
  }
  return scalar(in_data() ? json::quoted(s) : std::string());
}

bool packet_builder::scalar(std::string_view json) {
  if (depth_ == 0 || (depth_ == 1 && !in_data() && field_ != field::other))
    return wrong_field();
  if (in_data()) {
    comma();
    out.data.append(json);
  }
  return true;
}

bool packet_builder::binary(binary_t& bytes) {
  if (bytes.has_subtype() && bytes.subtype() == ext_date && bytes.size() == 1)
    return null(); // how JavaScript's encoder spells undefined
  const std::string_view payload(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (depth_ == 0 || !in_data())
    return scalar({});
  return bytes.has_subtype() ? extension(static_cast<std::size_t>(bytes.subtype()), payload) : attachment(payload);
}

bool packet_builder::attachment(std::string_view bytes) {
  if (out.attachments.size() >= limits_.max_attachments)
    return refuse("The packet has more binary attachments than limits.max_attachments.");
  const auto index = std::to_string(out.attachments.size());
  out.attachments.emplace_back(bytes);
  return scalar("{\"_placeholder\":true,\"num\":" + index + "}");
}

bool packet_builder::date(std::optional<std::int64_t> unix_ms) {
  const auto text = unix_ms ? iso_time(*unix_ms) : std::nullopt;
  return scalar(text ? json::quoted(*text) : "null"); // as JSON.stringify writes a date that is none
}

/// Dates become text; anything else becomes `[type, bytes]`, as JavaScript's decoder gives it to the application.
bool packet_builder::extension(std::size_t type, std::string_view payload) {
  if (type == ext_timestamp)
    return date(read_timestamp(payload));
  if (const auto at = read_milliseconds(payload); at && type == ext_date)
    return date(at);
  if (!open('['))
    return false;
  const auto number = static_cast<std::int8_t>(static_cast<std::uint8_t>(type));
  return scalar(std::to_string(number)) && attachment(payload) && close(']');
}

} // namespace

result<packet> parse_msgpack(std::string_view bytes, const limits& l) {
  packet_builder builder(l);
  const bool read =
    nlohmann::json::sax_parse(bytes.begin(), bytes.end(), &builder, nlohmann::json::input_format_t::msgpack);
  if (!read)
    return error{"parse_error", builder.why};
  if (!builder.has_type || !builder.has_nsp || !valid_namespace(builder.out.nsp))
    return error{
      "parse_error",
      "A msgpack packet needs a type from 0 to 4 and a namespace that starts with a slash and has no comma."};
  if (auto fault = find_fault(builder.out, builder.out.attachments.size(), l))
    return std::move(*fault);
  return std::move(builder.out);
}

} // namespace troupe::socketio
