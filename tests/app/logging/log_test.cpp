#include "app/cli/captured.hpp"
#include "base/log.hpp"

#include <catch2/catch_test_macros.hpp>

#include <limits>
#include <memory>

using namespace troupe;

namespace {

/// Keeps the last record while it lives.
struct last_record final : log::sink {
  log::record last{};
  int count = 0;
  log::sink* before = log::set_sink(this);
  last_record() { log::set_level(log::level::info); } // other tests may have silenced the log
  ~last_record() override { log::set_sink(before); }
  void write(const log::record& r) override {
    last = r;
    ++count;
  }
};

} // namespace

TEST_CASE("a record has an event, a readable message and its fields") {
  last_record seen;
  log::info(
    "session-closed", "sid={} after_ms={} ratio={:.2f} ok={}: the client {} left {{for good}}", "abc", 1500, 0.5, true,
    "ann");
  CHECK(seen.last.level == log::level::info);
  CHECK(seen.last.event == "session-closed");
  CHECK(seen.last.message == "sid=abc after_ms=1500 ratio=0.50 ok=true: the client ann left {for good}");
  REQUIRE(seen.last.fields.size() == 4);
  auto is = [&](std::size_t i, std::string_view name, std::string_view value, bool number) {
    const auto& f = seen.last.fields[i];
    return f.name == name && f.value == value && f.number == number;
  };
  CHECK(is(0, "sid", "abc", false));
  CHECK(is(1, "after_ms", "1500", true));
  CHECK(is(2, "ratio", "0.50", false)); // its format may be anything, so it is text
  CHECK(is(3, "ok", "true", true));
}

TEST_CASE("a field made of several values goes on until the next space") {
  last_record seen;
  log::info("x", "url={}://{}:{} path={}/a.js: {} took={}ms, n={}.", "http", "h", 80, "/io", "text", 5, 7);
  CHECK(seen.last.message == "url=http://h:80 path=/io/a.js: text took=5ms, n=7.");
  REQUIRE(seen.last.fields.size() == 4);
  CHECK(seen.last.fields[0].value == "http://h:80");
  CHECK(seen.last.fields[1].value == "/io/a.js");
  CHECK(seen.last.fields[2].value == "5ms");
  CHECK_FALSE(seen.last.fields[2].number);
  CHECK(seen.last.fields[3].value == "7");
  CHECK(seen.last.fields[3].number);
  log::info("x", "a={}", "");
  CHECK(seen.last.message == "a=\"\"");
  log::info("x", "place={}{{{}}} end", "a", 1);
  CHECK(seen.last.message == "place=a{1} end");
}

TEST_CASE("a value cannot pretend to be another field or another line") {
  last_record seen;
  log::warn("refused", "user={} room={} name={}: {}", "eve reason=admin", "", "say \"hi\"", "x\nerror forged line");
  CHECK(seen.last.message == "user=\"eve reason=admin\" room=\"\" name=\"say \\\"hi\\\"\": x\\nerror forged line");
  CHECK(seen.last.fields[0].value == "eve reason=admin");
}

TEST_CASE("long values are cut") {
  last_record seen;
  log::info("x", "v={}", std::string(100'000, 'a'));
  CHECK(seen.last.message.size() < 1'100);
  CHECK(seen.last.fields[0].value.size() < 1'100);
}

TEST_CASE("numbers that JSON does not know are texts") {
  last_record seen;
  log::info("x", "a={} b={} c={}", std::numeric_limits<double>::infinity(), 'c', -1.5);
  CHECK_FALSE(seen.last.fields[0].number);
  CHECK_FALSE(seen.last.fields[1].number);
  CHECK(seen.last.fields[2].number);
}

TEST_CASE("records below the level are not formatted") {
  last_record seen;
  log::set_level(log::level::warn);
  log::info("x", "no");
  log::error("x", "yes");
  CHECK(seen.count == 1);
  CHECK_FALSE(log::enabled(log::level::info));
  log::set_level(log::level::off);
  log::error("x", "no");
  CHECK(seen.count == 1);
  log::set_level(log::level::info);
}

TEST_CASE("names of levels") {
  for (auto name : {"trace", "debug", "info", "warn", "error", "off"})
    CHECK(log::to_string(log::level_from(name).value()) == name);
  CHECK_FALSE(log::level_from("loud").has_value());
}

TEST_CASE("without a sink the log is plain text on standard error") {
  auto* before = log::set_sink(nullptr);
  {
    app_tests::captured err{2};
    log::info("listening", "port={}", 3001);
    CHECK(err.text() == "info  listening port=3001\n");
  }
  log::set_sink(before);
}
