#include "app/config/option_rows.hpp"

#include "app/config/suggest.hpp"
#include "base/printable.hpp"

namespace troupe::app {

std::optional<std::string> match_word(const words& from, const std::string& given) {
  auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  for (const auto& w : from)
    if (std::equal(w.begin(), w.end(), given.begin(), given.end(), same))
      return w;
  return std::nullopt;
}

std::string no_such_word(const words& from, const std::string& given) {
  std::vector<std::string_view> known{from.begin(), from.end()};
  return fmt::format(
    "\"{}\" is not one of {}{}", printable(given, 60), fmt::join(from, ", "), did_you_mean(closest(given, known)));
}

} // namespace troupe::app
