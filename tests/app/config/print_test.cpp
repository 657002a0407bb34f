#include "app/config/print.hpp"
#include "app/config/schema.hpp"
#include "app/config/support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace app_tests;

namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

/// Both configurations say the same of every option.
void check_equal(const config& a, const config& b) {
  for (const auto& o : schema()) {
    CAPTURE(o.key);
    CHECK(o.yaml(a, secrecy::open) == o.yaml(b, secrecy::open));
  }
}

} // namespace

TEST_CASE("print-config shows each value and where it came from") {
  auto l = load_text("server:\n  port: 8080\n", {{"SERVER_ID", "n1"}}, {{"log.level", "debug"}});
  auto text = print_config(*l, true);
  CHECK(has_line(text, "server:"));
  CHECK(has_line(text, "  port: 8080  # troupe.yaml:2"));
  CHECK(
    has_line(text, "  node_id: \"n1\"  # environment variable SERVER_ID")
    != has_line(text, "  node_id: n1  # environment variable SERVER_ID"));
  CHECK(has_line(text, "  level: debug  # --set"));
  CHECK(has_line(text, "  shards: 0  # default"));
  CHECK(print_config(*l, false).find('#') == std::string::npos);
}

TEST_CASE("print-config never shows a secret") {
  auto l = load_text(R"(
auth: {jwt: {secret: hunter2}, api_keys: [hunter2-a, hunter2-b]}
cluster: {secret: hunter2}
redis: {url: "rediss://user:hunter2@cache:6380/1", password: hunter2}
postgres: {url: "postgres://hunter2@db/chat?sslmode=require&password=hunter2&sslpassword=hunter2"}
)");
  REQUIRE(mistakes(l) == std::vector<std::string>{});
  auto text = print_config(*l, true);
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find("api_keys: [\"***\", \"***\"]") != std::string::npos);
  CHECK(text.find("\"rediss://user:***@cache:6380/1\"") != std::string::npos);
  CHECK(text.find("\"postgres://***@db/chat?sslmode=require&password=***&sslpassword=***\"") != std::string::npos);
  for (const char* words : {"host=db password=hunter2 dbname=chat", "password = 'it\\'s hunter2' host=db", "host=db password=hun\\ ter2"}) {
    CAPTURE(words);
    text = print_config(*load({"", {}, {{"postgres.url", words}}}), true);
    CHECK(text.find("hunter2") == std::string::npos);
    CHECK(text.find("ter2") == std::string::npos);
    CHECK(text.find("host=db") != std::string::npos);
  }
}

TEST_CASE("what print-config shows, load reads back") {
  auto l = load_text(R"(
server: {host: "::", node_id: "true", trusted_proxies: [10.0.0.1]}
cors: {origins: [https://a.example]}
auth: {anonymous_roles: ["a b", "c\"d\\", "", "~", Việt]}
events:
  rules:
    - {name: "poll:vote", roles: [user], to: none, require: [a, "b, c"], log_topic: polls}
    - {name: other, members_only: false, level: stored}
  names: {typing: "", "chat:message": chat}
rooms:
  rules:
    - {match: "chat:*", namespace: /shop*, history: true, history_max_messages: 50, history_ttl_ms: 60000}
    - {match: "tmp:*", history: true, delete_with_room: true, level: stored}
    - {match: lobby, history: false}
log: {level: off}
)");
  REQUIRE(mistakes(l) == std::vector<std::string>{});
  auto again = load_text(print_config(*l, true));
  REQUIRE(mistakes(again) == std::vector<std::string>{});
  check_equal(again->values, l->values);
}

TEST_CASE("the example file lists every option with its default") {
  auto committed = read_all(repository_file("config/troupe.example.yaml"));
  CHECK(committed == print_example()); // else: troupe print-config --example > config/troupe.example.yaml
  auto l = load_text(committed);
  REQUIRE(mistakes(l) == std::vector<std::string>{});
  check_equal(l->values, config{});
  for (const auto& o : schema()) {
    CAPTURE(o.key);
    CHECK(l->origins.contains(std::string{o.key}));
  }
}

TEST_CASE("the reference in docs is what the program prints") {
  auto committed = read_all(repository_file("docs/configuration.md"));
  CHECK(committed == print_reference()); // else: troupe print-config --reference > docs/configuration.md
  for (const auto& o : schema()) {
    CAPTURE(o.key);
    CHECK(committed.find("| `" + std::string{o.key} + "` |") != std::string::npos);
  }
}
