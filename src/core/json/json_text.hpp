#pragma once
// JSON as text: payloads pass through Troupe unparsed, so the hot path validates once and then reads only the slices
// that a rule needs. No tree is built and nothing is rewritten: key order and number spelling stay as the client sent
// them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::json {

/// Whether `text` is exactly one RFC 8259 value of at most `max_depth` (1024 if more) nested arrays and objects, in
/// UTF-8, with optional white space around it. Every other function here takes only text that passed this one.
bool valid(std::string_view text, std::size_t max_depth = 64);

enum class kind : std::uint8_t { null, boolean, number, string, array, object };

/// The kind of a valid value.
kind kind_of(std::string_view value);

/// Walks the elements of a valid array. `next` gives each element's text without surrounding white space.
class array_reader {
 public:
  explicit array_reader(std::string_view array);
  std::optional<std::string_view> next();
  /// What has not been read yet, up to but without the closing bracket, e.g. `1,{"a":2}`; empty at the end.
  std::string_view rest() const;

 private:
  std::string_view text_;
  std::size_t pos_ = 0;
};

/// Walks the members of a valid object as (raw key text with quotes, value text).
class object_reader {
 public:
  explicit object_reader(std::string_view object);
  std::optional<std::pair<std::string_view, std::string_view>> next();

 private:
  std::string_view text_;
  std::size_t pos_ = 0;
};

/// The value text of the last member called `name` of a valid object, or nothing (also when `object` is no object).
std::optional<std::string_view> member(std::string_view object, std::string_view name);

/// The text of a valid JSON string value, unescaped to UTF-8 (lone surrogates become U+FFFD). Nothing if `value` is no
/// string.
std::optional<std::string> string_value(std::string_view value);
/// Nothing unless `value` is an integer that fits.
std::optional<std::int64_t> integer_value(std::string_view value);
std::optional<bool> boolean_value(std::string_view value);
std::optional<double> number_value(std::string_view value);

/// Convenience: a string member, or an integer member printed as text (ids are often sent as numbers).
std::optional<std::string> string_member(std::string_view object, std::string_view name);

/// Appends `text` as a JSON string with quotes; bytes that are no UTF-8 become U+FFFD.
void append_string(std::string& out, std::string_view text);
std::string quoted(std::string_view text);

} // namespace troupe::json
