#include "fuzz/mutator.hpp"

#include <array>

namespace troupe::fuzz {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t longest = 8192;

/// What the formats are made of.
constexpr std::array words = {
  "["sv,
  "]"sv,
  "{"sv,
  "}"sv,
  "\""sv,
  "\\"sv,
  ","sv,
  ":"sv,
  "/"sv,
  "-"sv,
  "0"sv,
  "1"sv,
  "9"sv,
  "."sv,
  "e"sv,
  " "sv,
  "\x1e"sv,
  "b"sv,
  "="sv,
  ";"sv,
  "\0"sv,
  "\x01"sv,
  "\x7d"sv,
  "\x7e"sv,
  "\x7f"sv,
  "\x80"sv,
  "\x81"sv,
  "\x88"sv,
  "\x89"sv,
  "\xc1"sv,
  "\xc3\xa9"sv,
  "\xed\xa0\x80"sv,
  "\xff"sv,
  "\xfe\x80"sv,
  "\xff\xff\xff\xff"sv,
  "\0\0\0\0"sv,
  "\x80\0\0\0\0\0\0\0"sv,
  "true"sv,
  "null"sv,
  "1e999"sv,
  "99999999999999999999"sv,
  "-9223372036854775808"sv,
  "\\u0000"sv,
  "\\ud800"sv,
  "\\udc00"sv,
  "_placeholder"sv,
  "{\"_placeholder\":true,\"num\":0}"sv,
  "{\"_placeholder\":true,\"num\":9}"sv,
  "connect"sv,
  "51-"sv,
  "/custom,"sv,
  "\x90"sv,
  "\x91"sv,
  "\x80"sv,
  "\xc4\x01x"sv,
  "\xc7\x0c\xff"sv,
  "\xd6\xff\x01\x02\x03\x04"sv,
  "\xcb\x7f\xf0\0\0\0\0\0\0"sv,
  "\xde\xff\xff"sv,
};

} // namespace

std::string mutator::next(const std::vector<std::string>& corpus) {
  std::string text = corpus[below(corpus.size())];
  for (auto rounds = 1 + below(4); rounds > 0; --rounds)
    mutate(text, corpus);
  if (text.size() > longest)
    text.resize(longest);
  return text;
}

void mutator::mutate(std::string& text, const std::vector<std::string>& corpus) {
  const auto at = below(text.size() + 1);
  const auto length = 1 + below(below(4) ? 8 : text.size());
  switch (below(8)) {
  case 0:
    if (at < text.size())
      text[at] = static_cast<char>(text[at] ^ 1 << below(8));
    return;
  case 1:
    if (at < text.size())
      text[at] = static_cast<char>(random_());
    return;
  case 2: text.insert(at, words[below(words.size())]); return;
  case 3: text.replace(at, length, words[below(words.size())]); return;
  case 4: text.erase(at, length); return;
  case 5: text.resize(at); return;
  case 6: { // a part once or many times more
    const auto part = text.substr(at, length);
    for (auto times = below(8) ? 1 : below(40); times > 0; --times)
      text.insert(at, part);
    return;
  }
  default: { // go on with a part of another input
    const auto& other = corpus[below(corpus.size())];
    const auto from = below(other.size());
    text.replace(at, below(2) ? text.npos : length, other.substr(from));
  }
  }
}

} // namespace troupe::fuzz
