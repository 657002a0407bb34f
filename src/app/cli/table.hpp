#pragma once

#include <string>
#include <vector>

namespace troupe::app {

/// Columns as wide as what is in them, two spaces between them. The first row holds the titles; a title that ends in
/// `>` (not printed) stands for a column of numbers. Cells are made printable: names come from clients.
std::string table_text(std::vector<std::vector<std::string>> rows);

} // namespace troupe::app
