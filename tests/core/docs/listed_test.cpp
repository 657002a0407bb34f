// docs/errors.md, docs/limits.md and docs/events.md list everything that the sources have. Run from a source tree.

#include "core/cluster/link_hello.hpp"
#include "core/engineio/close_reason.hpp"
#include "core/engineio/http_error.hpp"
#include "core/logic/event_names.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace fs = std::filesystem;

namespace {

const fs::path root = fs::path(__FILE__).parent_path() / ".." / ".." / "..";

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool lists(const std::string& page, const std::string& what) { return page.find(what) != page.npos; }

bool of_the_load_generator(const fs::path& file) {
  const auto text = file.generic_string();
  return text.find("src/load/") != text.npos || text.find("cli/load_") != text.npos;
}

/// Words of nodes among themselves, which only the log shows: docs/cluster.md has them.
bool of_the_links(const fs::path& file) { return file.generic_string().ends_with("core/cluster/link_hello.cpp"); }

/// Path -> text of every C++ source of the program and the library. Not the load generator's: its errors are sentences on the
/// terminal of whoever started it, and no client sees them.
std::map<std::string, std::string> sources() {
  std::map<std::string, std::string> found;
  for (const char* part : {"src", "include"})
    for (const auto& entry : fs::recursive_directory_iterator(root / part))
      if (const auto kind = entry.path().extension(); (kind == ".cpp" || kind == ".hpp") && !of_the_load_generator(entry.path()) && !of_the_links(entry.path()))
        found.emplace(entry.path().lexically_relative(root).string(), contents(entry.path()));
  return found;
}

/// `{"some_code", "A sentence` and its variants: how every error of the program is written, also inside JSON texts.
std::map<std::string, std::string> codes_in_sources() {
  static const std::regex written(
    R"re((?:error\w*\{|return \{)"([a-z]+(?:_[a-z]+)*)",|[({ ]\{"([a-z]+(?:_[a-z]+)+)",\s*(?:"|std::string|in_quotes|w)|code\\?":\\?"([a-z_]+)\\?")re");
  std::map<std::string, std::string> found;
  for (const auto& [file, text] : sources())
    for (std::sregex_iterator i(text.begin(), text.end(), written), end; i != end; ++i)
      found.emplace((*i)[1].str() + (*i)[2].str() + (*i)[3].str(), file);
  return found;
}

/// Field -> default of a struct whose fields stand one to a line.
std::map<std::string, std::string> fields_of(const fs::path& header) {
  static const std::regex field(R"(^\s+(\w[\w:<>]*) (\w+)(?: = |\{)?([^;{}]*)\}?;)");
  std::map<std::string, std::string> found;
  std::istringstream lines(contents(header));
  for (std::string line; std::getline(lines, line);)
    if (std::smatch m; std::regex_search(line, m, field)) {
      std::string value = m[3];
      std::erase(value, '\'');
      found.emplace(m[2].str() + (m[1] == "duration" ? "_ms" : ""), value);
    }
  return found;
}

} // namespace

TEST_CASE("docs/errors.md lists every error code") {
  const std::string page = contents(root / "docs/errors.md");
  const auto codes = codes_in_sources();
  REQUIRE(codes.size() >= 15);
  REQUIRE(codes.contains("missing_field"));
  REQUIRE(codes.contains("parse_error"));
  for (const auto& [code, file] : codes) {
    INFO(code << " of " << file);
    CHECK(lists(page, "| `" + code + "` |"));
  }
}

TEST_CASE("docs/errors.md lists no code that is gone") {
  static const std::regex row("\\n\\| `([a-z_]+)` \\|");
  const std::string page = contents(root / "docs/errors.md");
  const auto files = sources();
  int rows = 0;
  for (std::sregex_iterator i(page.begin(), page.end(), row), end; i != end; ++i, ++rows) {
    const std::string code = (*i)[1];
    INFO(code);
    CHECK(std::any_of(files.begin(), files.end(), [&](const auto& file) {
      return lists(file.second, "\"" + code + "\"") || lists(file.second, "\\\"" + code + "\\\"");
    }));
  }
  CHECK(rows >= 30);
}

TEST_CASE("docs/errors.md lists every Engine.IO refusal and close reason") {
  using namespace troupe::engineio;
  const std::string page = contents(root / "docs/errors.md");
  for (int n = 0; n <= 5; ++n) {
    const auto why = static_cast<refusal>(n);
    INFO(n);
    CHECK(lists(page, "| " + std::to_string(n) + " | " + std::to_string(http_status(why)) + " | "));
    if (why != refusal::forbidden) // has a sentence of its own for each cause
      CHECK(lists(page, "| " + std::string(to_string(why)) + " |"));
  }
  int reasons = 0;
  for (; to_string(static_cast<close_reason>(reasons)) != "unknown"; ++reasons) {
    INFO(reasons);
    CHECK(lists(page, "| `" + std::string(to_string(static_cast<close_reason>(reasons))) + "` |"));
  }
  CHECK(reasons >= 9);
}

TEST_CASE("docs/cluster.md lists every reason to refuse a link") {
  const std::string page = contents(root / "docs/cluster.md");
  for (std::size_t i = 0; i < troupe::cluster::link_refusals; ++i) {
    const std::string word(to_string(static_cast<troupe::cluster::link_refusal>(i)));
    INFO(word);
    CHECK(lists(page, "`" + word + "`"));
  }
}

TEST_CASE("docs/limits.md lists every limit with its default") {
  const std::string page = contents(root / "docs/limits.md");
  const auto limits = fields_of(root / "src/core/limits/limits.hpp");
  REQUIRE(limits.size() >= 22);
  for (const auto& [name, value] : limits) {
    INFO(name << " = " << value);
    CHECK(lists(page, "| `limits." + name + "` | " + value + " |"));
  }
}

TEST_CASE("docs/events.md lists every built-in event and every key of a rule") {
  const std::string page = contents(root / "docs/events.md");
  for (auto name : troupe::logic::builtin_events()) {
    INFO(name);
    CHECK(lists(page, "### `" + std::string(name) + "`"));
  }
  for (auto name : troupe::logic::renamable_emits()) {
    INFO(name);
    CHECK(lists(page, "`" + std::string(name) + "`"));
  }
  auto keys = fields_of(root / "src/core/logic/event_rule.hpp");
  REQUIRE(keys.size() >= 12);
  for (const auto& [key, value] : keys) {
    INFO(key);
    CHECK(lists(page, "| `" + (key == "is_volatile" ? "volatile" : key) + "` |"));
  }
}
