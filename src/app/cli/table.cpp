#include "app/cli/table.hpp"

#include "base/printable.hpp"

#include <algorithm>

namespace troupe::app {
namespace {

/// Characters, not bytes.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
    std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                 const std::vector<bool>& numbers) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string space(widths[i] - width_of(cells[i]), ' ');
    out += (i ? "  " : "") + (numbers[i] ? space + cells[i] : cells[i] + space);
  }
  return out.erase(out.find_last_not_of(' ') + 1) + "\n";
}

} // namespace

std::string table_text(std::vector<std::vector<std::string>> rows) {
  std::vector<bool> numbers;
  for (auto& title : rows.at(0)) {
    numbers.push_back(title.ends_with('>'));
    if (numbers.back())
      title.pop_back();
  }
  std::vector<std::size_t> widths(numbers.size());
  for (auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = printable(row[i]);
      widths[i] = std::max(widths[i], width_of(row[i]));
    }
  std::string out;
  for (const auto& row : rows)
    out += line(row, widths, numbers);
  return out;
}

} // namespace troupe::app
