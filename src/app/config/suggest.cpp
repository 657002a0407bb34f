#include "app/config/suggest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace troupe::app {
namespace {

/// pingInterval, Ping-Interval -> ping_interval
std::string snake(std::string_view s) {
  std::string out;
  for (char c : s) {
    auto u = static_cast<unsigned char>(c);
    if (std::isupper(u) && !out.empty() && std::islower(static_cast<unsigned char>(out.back())))
      out += '_';
    out += c == '-' ? '_' : static_cast<char>(std::tolower(u));
  }
  return out;
}

std::string_view leaf(std::string_view key) {
  return key.substr(key.rfind('.') + 1); // npos + 1 is 0
}

constexpr std::size_t far_away = 1'000;

/// 0: surely meant; smaller is nearer.
std::size_t distance(std::string_view given, std::string_view candidate) {
  auto whole = edit_distance(given, candidate);
  bool near = whole <= std::max<std::size_t>(2, given.size() / 5);
  std::size_t best = near ? whole * 2 : far_away;
  auto given_leaf = leaf(given), candidate_leaf = leaf(candidate);
  if (given_leaf.size() < 3)
    return best;
  if (given_leaf == candidate_leaf)
    best = std::min<std::size_t>(best, 3); // right word, other section
  else if (candidate_leaf.starts_with(std::string{given_leaf} + "_"))
    best = std::min<std::size_t>(best, 4); // the unit is missing
  else if (auto d = edit_distance(given_leaf, candidate_leaf); d <= given_leaf.size() / 4)
    best = std::min(best, 4 + d * 2);
  return best;
}

} // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  std::iota(previous.begin(), previous.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        current[j] = std::min(current[j], before[j - 2] + 1);
    }
    before.swap(previous);
    previous.swap(current);
  }
  return previous[b.size()];
}

std::string closest(std::string_view given, std::span<const std::string_view> known) {
  auto wanted = snake(given);
  std::string_view best;
  std::size_t best_distance = far_away;
  for (auto candidate : known)
    if (auto d = distance(wanted, snake(candidate)); d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  return std::string{best};
}

std::string did_you_mean(const std::string& suggestion) {
  return suggestion.empty() ? "" : "; did you mean " + suggestion + "?";
}

} // namespace troupe::app
