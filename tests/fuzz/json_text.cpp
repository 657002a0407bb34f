#include "core/json/json_text.hpp"

#include "core/json/token_reader.hpp"
#include "fuzz/target.hpp"

#include <nlohmann/json.hpp>

namespace troupe::fuzz {
namespace {

constexpr std::size_t depth = 32;

/// nlohmann reads another language in places: it skips a byte order mark, ends at a NUL, refuses lone surrogates and
/// numbers beyond double, and knows no depth.
bool oracle_agrees(std::string_view text) {
  using namespace std::string_view_literals;
  const bool other = text.starts_with("\xef\xbb\xbf") || text.find("\\u") != text.npos
                     || text.find_first_of("eE\0"sv) != text.npos || text.size() > 300;
  return other || json::valid(text, 1024) == nlohmann::json::accept(text);
}

void check_scalar(std::string_view value) {
  if (const auto s = json::string_value(value)) {
    const auto quoted = json::quoted(*s);
    require(json::valid(quoted) && json::string_value(quoted) == s, "strings come back");
  }
  const auto i = json::integer_value(value);
  const auto n = json::number_value(value);
  require(!i || (n && static_cast<double>(*i) == *n), "integers are numbers");
  require(!json::boolean_value(value) || json::kind_of(value) == json::kind::boolean, "booleans are booleans");
}

/// Rebuilds the text from its parts, without white space between them.
std::string rebuild(std::string_view value) {
  require(json::valid(value, depth), "parts of a valid text are valid");
  std::string out;
  if (json::kind_of(value) == json::kind::array) {
    json::array_reader r(value);
    while (auto e = r.next())
      out += (out.empty() ? "" : ",") + rebuild(*e);
    return "[" + out + "]";
  }
  if (json::kind_of(value) == json::kind::object) {
    json::object_reader r(value);
    while (auto m = r.next()) {
      const auto name = json::string_value(m->first);
      require(name && json::member(value, *name), "members are found by name");
      out += (out.empty() ? "" : ",") + std::string(m->first) + ":" + rebuild(m->second);
    }
    return "{" + out + "}";
  }
  check_scalar(value);
  return std::string(value);
}

/// The same from tokens.
std::string joined_tokens(std::string_view text) {
  std::string out;
  json::token_reader tokens(text);
  while (auto t = tokens.next()) {
    const bool close = t->kind == json::token::type::close_array || t->kind == json::token::type::close_object;
    if (!close && !out.empty() && out.back() != '[' && out.back() != '{' && out.back() != ':')
      out.push_back(',');
    out.append(t->text).append(t->kind == json::token::type::key ? ":" : "");
  }
  return out;
}

} // namespace

void check_json_text(std::string_view bytes) {
  require(oracle_agrees(bytes), "nlohmann agrees");
  require(json::valid(json::quoted(bytes)), "any bytes can be quoted");
  if (!json::valid(bytes, depth))
    return;
  const auto first = bytes.find_first_not_of(" \t\r\n"), last = bytes.find_last_not_of(" \t\r\n");
  require(rebuild(bytes.substr(first, last - first + 1)) == joined_tokens(bytes), "readers and tokens see the same");
}

std::vector<std::string> json_text_corpus() {
  return {
    R"(["message",{"room":"a","content":"hello","n":[1,-2.5e+3,0.1,true,false,null]},{}])",
    R"( { "a" : { "b" : [ ] , "c\n\"" : "\u00e9\ud83c\udfad\/" } , "a" : 12345678901234567890 } )",
    "[[[[[]]]],{\"k\":{\"k\":{}}}]",
    "\"just a \xe2\x82\xac string\"",
    "-0.0",
    "[\"\\\\\",\"\\\"\"]",
    "\t[\n1\r,\n2 ]\n",
  };
}

} // namespace troupe::fuzz
