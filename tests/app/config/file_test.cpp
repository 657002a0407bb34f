#include "app/config/support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace app_tests;
using troupe::duration;

TEST_CASE("a file sets what it names and leaves the rest") {
  auto l = load_text(R"(
server:
  port: 8080
  host: "::1"
  trusted_proxies: [10.0.0.0/8, "::1"]
engine:
  ping_interval_ms: 300
  per_message_deflate: yes
auth:
  mode: token
  jwt:
    secret: 0123456789
    leeway_s: 5
offline:
  ttl_s: 60
cors:
  origins: https://a.example, https://b.example
log: {level: DEBUG, format: json}
)");
  REQUIRE(mistakes(l) == std::vector<std::string>{});
  const auto& c = l->values;
  CHECK(c.server.port == 8080);
  CHECK(c.server.host == "::1");
  CHECK(c.server.trusted_proxies == std::vector<std::string>{"10.0.0.0/8", "::1"});
  CHECK(c.engine.ping_interval == duration{300});
  CHECK(c.engine.ping_timeout == duration{20'000});
  CHECK(c.engine.per_message_deflate);
  CHECK(c.auth.jwt.secret == "0123456789");
  CHECK(c.auth.jwt.leeway == duration{5'000});
  CHECK(c.offline.ttl == duration{60'000});
  CHECK(c.cors.origins == std::vector<std::string>{"https://a.example", "https://b.example"});
  CHECK(c.log.level == "debug");
  CHECK(l->origins.at("server.port") == "troupe.yaml:3");
  CHECK(l->origins.at("log.format") == "troupe.yaml:18");
  CHECK_FALSE(l->origins.contains("server.shards"));
}

TEST_CASE("JSON is YAML too, tabs and all") {
  auto l = load_text("{\n\t\"server\": {\n\t\t\"port\": 80\n\t},\n\t\"metrics\": {\"enabled\": false}\n}\n");
  REQUIRE(mistakes(l) == std::vector<std::string>{});
  CHECK(l->values.server.port == 80);
  CHECK_FALSE(l->values.metrics.enabled);
}

TEST_CASE("an empty file, empty sections and empty values mean the defaults") {
  for (const char* text : {"", "# nothing\n", "server:\nlog:\n  level:\n  file: ~\n", "---\n"}) {
    CAPTURE(text);
    auto l = load_text(text);
    REQUIRE(mistakes(l) == std::vector<std::string>{});
    CHECK(l->values.log.level == "info");
    CHECK(l->origins.empty());
  }
}

TEST_CASE("all mistakes are reported at once, each with line, key, expectation and suggestion") {
  auto found = mistakes(load_text(R"(server:
  prot: 80
  port: 99999
  trusted_proxies: [10.0.0.0/8, foo]
sever:
  host: x
pingInterval: 5
engine:
  ping_interval: 25000
  ping_timeout_ms: 20s
  transports: [websocket, webtransport]
auth:
  mode: tokens
  jwt: [a]
log: info
typing: {timeout_ms: {seconds: 1}}
)"));
  CHECK(
    found
    == std::vector<std::string>{
      "troupe.yaml:2: server.prot: no such key; did you mean server.port?",
      "troupe.yaml:3: server.port: expected a whole number from 0 to 65535, found \"99999\"",
      "troupe.yaml:4: server.trusted_proxies[1]: expected an IP address or a subnet such as 10.0.0.0/8, found \"foo\"",
      "troupe.yaml:5: sever: no such section; did you mean server?",
      "troupe.yaml:7: pingInterval: no such key; did you mean engine.ping_interval_ms?",
      "troupe.yaml:9: engine.ping_interval: no such key; did you mean engine.ping_interval_ms?",
      "troupe.yaml:10: engine.ping_timeout_ms: expected a whole number of milliseconds from 10 to 3600000, found "
      "\"20s\"",
      "troupe.yaml:11: engine.transports[1]: expected one of polling, websocket, found \"webtransport\"",
      "troupe.yaml:13: auth.mode: \"tokens\" is not one of anonymous, token; did you mean token?",
      "troupe.yaml:14: auth.jwt: expected a group of keys, found a list",
      "troupe.yaml:15: log: expected a group of keys, found \"info\"",
      "troupe.yaml:16: typing.timeout_ms: expected a whole number of milliseconds from 10 to 86400000, found a group "
      "of "
      "keys",
    });
}

TEST_CASE("a key that stands there twice is a mistake") {
  CHECK(
    mistakes(load_text("server:\n  port: 1\n  port: 2\n"))
    == std::vector<std::string>{"troupe.yaml:3: server.port: this key is here twice; only one can hold"});
  CHECK(mentions(
    mistakes(load_text("server: {port: 1}\nserver: {port: 2}\n")), "troupe.yaml:2: server: this key is here twice"));
}

TEST_CASE("what is not YAML is reported with its line") {
  auto found = mistakes(load_text("server:\n  port: [1\n  host: x\n"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("troupe.yaml:"));
  CHECK(found[0].find("not valid YAML") != std::string::npos);
  CHECK(mentions(mistakes(load_text("- a\n- b\n")), "expected a group of keys, found a list"));
  CHECK(mentions(mistakes(load_text("a: 1\n---\nb: 1\n")), "one YAML document"));
  CHECK(mentions(mistakes(load_text("{[a]: 1}\n")), "expected a key"));
}

TEST_CASE("a file that is missing, is a directory or is huge is a mistake that names it") {
  temporary_dir dir;
  CHECK(mentions(mistakes(load({dir.path("none.yaml"), {}, {}})), "none.yaml: the configuration file cannot be read"));
  CHECK(mentions(mistakes(load({dir.path(), {}, {}})), "cannot be read"));
  CHECK(mentions(mistakes(load({dir.write("big.yaml", std::string(1'000'001, '#')), {}, {}})), "larger than 1 MB"));
}

TEST_CASE("numbers are whole and within their range") {
  for (const char* bad : {"-1", "65536", "1.5", "0x10", "1e3", "''", "99999999999999999999", "1 000", "3001x"}) {
    CAPTURE(bad);
    CHECK(mistakes(load_text(std::string{"server: {port: "} + bad + "}")).size() == 1);
  }
  CHECK(load_text("server: {port: \"65535\"}")->values.server.port == 65'535);
  CHECK(load_text("server: {port: 0}")->values.server.port == 0);
}

TEST_CASE("secrets are not repeated in complaints") {
  auto found = mistakes(load_text("auth:\n  jwt:\n    secret: [hunter2]\n  api_keys: [\"\", "
                                  "hunter2hunter2hunter2]\nredis: {url: \"http://:hunter2@h\"}\n"));
  CHECK(found.size() == 3);
  CHECK_FALSE(mentions(found, "hunter2"));
}

TEST_CASE("odd characters in a complaint are made visible") {
  CHECK(mentions(mistakes(load_text("log: {level: \"a\\x1b[2J\"}")), "\"a\\x1b[2J\" is not one of"));
}
