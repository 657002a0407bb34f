#include "app/cli/captured.hpp"
#include "app/logging/node_log.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <regex>
#include <thread>

using namespace app_tests;
using namespace troupe::app;
using namespace troupe;

namespace {

std::unique_ptr<node_log> open_log(const log_config& c) {
  auto made = node_log::open(c);
  REQUIRE(made.has_value());
  return std::move(*made);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t start = 0; start < text.size();) {
    auto end = text.find('\n', start);
    out.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

/// The lines of a log file that was written by `write`.
template<class Write>
std::vector<std::string> logged(log_config c, Write write) {
  temporary_dir dir;
  c.file = dir.path("troupe.log");
  {
    auto node = open_log(c);
    node->set_node("n1");
    write();
  }
  return lines_of(read_all(c.file));
}

} // namespace

TEST_CASE("text lines have time, level, event and message") {
  auto lines = logged({}, [] {
    log::warn("session-closed", "sid={} reason={}", "abc", "ping_timeout");
    log::info("listening", "port={}", 3001);
  });
  REQUIRE(lines.size() == 2);
  const std::string time = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z )";
  CHECK(std::regex_match(lines[0], std::regex{time + "warn  session-closed sid=abc reason=ping_timeout"}));
  CHECK(std::regex_match(lines[1], std::regex{time + "info  listening port=3001"}));
}

TEST_CASE("JSON lines are one object each, with the fields as members") {
  log_config c;
  c.format = "json";
  auto lines = logged(
    c, [] { log::error("odd", "user={} n={} ok={} event={}: \"quoted\" {}", "a\"\n\xff", -5, false, "mine", "\x1b"); });
  REQUIRE(lines.size() == 1);
  auto line = nlohmann::json::parse(lines[0]);
  CHECK(std::regex_match(line["time"].get<std::string>(), std::regex{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"}));
  CHECK(line["level"] == "error");
  CHECK(line["node"] == "n1");
  CHECK(line["event"] == "odd");
  CHECK(line["event_"] == "mine");
  CHECK(line["user"] == "a\"\n\xef\xbf\xbd");
  CHECK(line["n"] == -5);
  CHECK(line["ok"] == false);
  CHECK(line["message"].get<std::string>().ends_with(": \"quoted\" \\x1b"));
}

TEST_CASE("the level decides what is written") {
  log_config c;
  c.level = "error";
  auto lines = logged(c, [] {
    log::warn("no", "no");
    log::error("yes", "yes");
  });
  CHECK(lines.size() == 1);
  log::set_level(log::level::info);
}

TEST_CASE("a file that grew is set aside, and only so many are kept") {
  temporary_dir dir;
  log_config c;
  c.file = dir.path("troupe.log");
  c.max_file_bytes = 10'000;
  c.max_files = 2;
  {
    auto node = open_log(c);
    for (int i = 0; i < 1'000; ++i)
      log::info("fill", "i={} padding={}", i, std::string(50, 'x'));
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{dir.path()}) {
    ++files;
    CHECK(entry.file_size() <= 10'000);
  }
  CHECK(files == 3);
  CHECK(read_all(c.file).find("i=999 ") != std::string::npos);
}

TEST_CASE("a file that cannot be written is an error that names it") {
  temporary_dir dir;
  log_config c;
  c.file = dir.write("file", "") + "/troupe.log"; // not a directory, even for root
  auto refused = node_log::open(c);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "log_failed");
  CHECK(refused.error().message.find(c.file) != std::string::npos);
}

TEST_CASE("without a file the log goes to standard error") {
  captured err{2};
  {
    auto node = open_log({});
    log::info("listening", "port={}", 1);
  }
  CHECK(lines_of(err.text()).size() == 1);
}

TEST_CASE("a reader that stands still costs records, never time") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  int before = dup(2);
  dup2(ends[1], 2); // standard error is a pipe that nobody reads: its 64 KB are soon full
  std::thread reader;
  std::uint64_t dropped = 0;
  {
    auto node = open_log({});
    for (int i = 0; i < 20'000; ++i)
      log::info("flood", "i={} padding={}", i, std::string(100, 'x'));
    dropped = node->dropped();
    CHECK(node_log::dropped_now() == dropped);
    reader = std::thread{[from = ends[0]] {
      char buffer[65'536];
      while (read(from, buffer, sizeof buffer) > 0) {
      }
    }};
  }
  dup2(before, 2);
  close(before);
  close(ends[1]); // ends the reader
  reader.join();
  close(ends[0]);
  CHECK(dropped > 10'000);
}
