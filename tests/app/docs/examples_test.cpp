// Every YAML example of the documentation is a configuration that the node accepts.

#include "app/config/load.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <fstream>
#include <regex>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path root = fs::path(__FILE__).parent_path() / ".." / ".." / "..";

/// The texts between "```yaml" and "```" that are whole sections.
std::vector<std::string> yaml_blocks(const fs::path& page) {
  std::vector<std::string> blocks;
  std::ifstream in(page);
  std::string* open = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line == "```yaml")
      open = &blocks.emplace_back();
    else if (line == "```")
      open = nullptr;
    else if (open)
      *open += line + "\n";
  }
  return blocks;
}

/// RFC 7517, appendix A.1.
const std::string rfc7517_key = R"({"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"1",
  "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"})";

class temporary_file {
 public:
  explicit temporary_file(const std::string& text, const std::string& ending = ".yaml")
    : path_(fs::temp_directory_path() / ("troupe-docs-" + std::to_string(::getpid()) + ending)) {
    std::ofstream(path_) << text;
  }
  ~temporary_file() { fs::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

/// The documents' key files are not on this machine; one with a public key stands for them.
std::string with_readable_files(const std::string& yaml) {
  static const temporary_file keys(rfc7517_key, ".json");
  return std::regex_replace(yaml, std::regex("/etc/troupe/[a-z.]+"), keys.path());
}

troupe::app::config accepted(const std::string& yaml) {
  const temporary_file file(with_readable_files(yaml));
  auto loaded = troupe::app::load({file.path(), {}, {}});
  if (!loaded) {
    INFO(yaml << to_string(loaded.error().front()));
    FAIL();
  }
  return loaded->values;
}

} // namespace

TEST_CASE("the examples of docs/events.md are right") {
  const auto blocks = yaml_blocks(root / "docs/events.md");
  REQUIRE(blocks.size() == 2);
  const auto names = accepted(blocks[0]);
  CHECK(names.events.names.at("user_action").empty());
  const auto rules = accepted(blocks[1]).events.rules;
  REQUIRE(rules.size() == 5);
  CHECK(rules[1].is_volatile);
  CHECK_FALSE(rules[1].stamp);
  CHECK(rules[2].to == "user");
  CHECK(rules[3].roles == std::vector<std::string>{"teacher", "admin"});
  CHECK(rules[4].log_topic == "page_views");
}

TEST_CASE("every other YAML example of the documentation is right") {
  for (const auto& entry : fs::directory_iterator(root / "docs")) {
    if (entry.path().extension() != ".md")
      continue;
    for (const auto& block : yaml_blocks(entry.path())) {
      INFO(entry.path().filename().string());
      accepted(block);
    }
  }
}
