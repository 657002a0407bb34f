#include "app/config/support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace app_tests;

namespace {

load_result with(const variables& environment) {
  return load({"", environment, {}});
}

} // namespace

TEST_CASE("variables made from keys set their options") {
  auto l = with(
    {{"TROUPE_SERVER_PORT", "8080"},
     {"TROUPE_AUTH_JWT_SECRET", "[not YAML: {"},
     {"TROUPE_CORS_ORIGINS", "https://a.example, https://b.example"},
     {"TROUPE_EVENTS_RULES", R"([{name: "poll:vote", to: room, volatile: true}])"},
     {"TROUPE_EVENTS_NAMES", "{typing: user_typing}"},
     {"TROUPE_METRICS_ENABLED", "0"},
     {"TROUPE_LIMITS_EVENTS_PER_MINUTE", "0"},
     {"UNRELATED", "x"}});
  REQUIRE(mistakes(l) == std::vector<std::string>{});
  CHECK(l->values.server.port == 8080);
  CHECK(l->values.auth.jwt.secret == "[not YAML: {");
  CHECK(l->values.cors.origins.size() == 2);
  REQUIRE(l->values.events.rules.size() == 1);
  CHECK(l->values.events.rules[0].name == "poll:vote");
  CHECK(l->values.events.rules[0].is_volatile);
  CHECK(l->values.events.names.at("typing") == "user_typing");
  CHECK_FALSE(l->values.metrics.enabled);
  CHECK(l->values.limits.events_per_minute == 0);
  CHECK(l->origins.at("server.port") == "environment variable TROUPE_SERVER_PORT");
}

TEST_CASE("the names that teams already set work") {
  auto l = with(
    {{"REDIS_URL", "redis://:pw@cache:6380/1"},
     {"REDIS_HOST", "cache"},
     {"REDIS_PORT", "6380"},
     {"REDIS_PASSWORD", "pw"},
     {"SOCKET_IO_HOST", "127.0.0.1"},
     {"SOCKET_IO_PORT", "3002"},
     {"SOCKET_IO_CORS_ORIGIN", "*"},
     {"KAFKA_BROKERS", "k1:9092,k2:9092"},
     {"KAFKA_CLIENT_ID", "chat"},
     {"DATABASE_URL", "postgres://u:pw@db/chat"},
     {"AUTH_SECRET", "s"},
     {"LOG_LEVEL", "WARN"},
     {"SERVER_ID", "node-7"},
     {"ENABLE_WEBSOCKET_CLUSTERING", "false"}});
  REQUIRE(mistakes(l) == std::vector<std::string>{});
  const auto& c = l->values;
  CHECK(c.redis.url == "redis://:pw@cache:6380/1");
  CHECK(c.redis.host == "cache");
  CHECK(c.redis.port == 6380);
  CHECK(c.redis.password == "pw");
  CHECK(c.server.host == "127.0.0.1");
  CHECK(c.server.port == 3002);
  CHECK(c.cors.origins == std::vector<std::string>{"*"});
  CHECK(c.kafka.brokers == std::vector<std::string>{"k1:9092", "k2:9092"});
  CHECK(c.kafka.client_id == "chat");
  CHECK(c.postgres.url == "postgres://u:pw@db/chat");
  CHECK(c.auth.jwt.secret == "s");
  CHECK(c.log.level == "warn");
  CHECK(c.server.node_id == "node-7");
  CHECK_FALSE(c.cluster.enabled);
}

TEST_CASE("what is set for a feature that is not there yet is warned of") {
  auto warned = [](const variables& v) { return with(v)->warnings; };
  CHECK(mentions(warned({{"REDIS_URL", "redis://h"}}), "redis is configured"));
  CHECK(mentions(warned({{"REDIS_HOST", "h"}}), "redis is configured"));
  CHECK(mentions(warned({{"KAFKA_BROKERS", "h:1"}}), "kafka.brokers"));
  CHECK(mentions(warned({{"DATABASE_URL", "postgres://h/d"}}), "postgres.url"));
  CHECK(mentions(warned({{"AUTH_SECRET", std::string(40, 's')}}), "auth.mode is anonymous"));
  CHECK(warned({}).empty());
}

TEST_CASE("an empty variable counts as not set") {
  auto l = with({{"TROUPE_SERVER_PORT", ""}, {"LOG_LEVEL", ""}, {"SOCKET_IO_CORS_ORIGIN", ""}});
  REQUIRE(mistakes(l) == std::vector<std::string>{});
  CHECK(l->origins.empty());
}

TEST_CASE("mistakes name the variable") {
  auto found =
    mistakes(with({{"SOCKET_IO_PORT", "http"}, {"TROUPE_LOG_LEVEL", "loud"}, {"TROUPE_EVENTS_RULES", "[{"}}));
  CHECK(found.size() == 3);
  CHECK(mentions(
    found,
    "environment variable SOCKET_IO_PORT: server.port: expected a whole number from 0 to 65535, found \"http\""));
  CHECK(mentions(found, "environment variable TROUPE_LOG_LEVEL: log.level: \"loud\" is not one of trace, debug"));
  CHECK(mentions(found, "environment variable TROUPE_EVENTS_RULES: events.rules: this is not valid YAML"));
}

TEST_CASE("a variable of one of our sections that names no option is a mistake, any other is warned of") {
  CHECK(mentions(
    mistakes(with({{"TROUPE_SERVER_PROT", "1"}})),
    "TROUPE_SERVER_PROT: no option has this name; did you mean TROUPE_SERVER_PORT?"));
  auto l = with({{"TROUPE_BIN", "build/troupe"}, {"TROUPE_CONFIG", "x.yaml"}});
  REQUIRE(l.has_value());
  CHECK(
    l->warnings == std::vector<std::string>{"environment variable TROUPE_BIN has no effect: no option has this name"});
}

TEST_CASE("the variables of Kubernetes services are not taken for options") {
  auto l = with(
    {{"TROUPE_PORT", "tcp://10.0.0.1:3001"},
     {"TROUPE_SERVICE_HOST", "10.0.0.1"},
     {"TROUPE_SERVICE_PORT", "3001"},
     {"TROUPE_PORT_3001_TCP_ADDR", "10.0.0.1"},
     {"TROUPE_REDIS_PORT", "tcp://10.0.0.2:6379"},
     {"TROUPE_REDIS_SERVICE_HOST", "10.0.0.2"}});
  REQUIRE(mistakes(l) == std::vector<std::string>{});
  CHECK(l->warnings.empty());
  CHECK(l->origins.empty());
}

TEST_CASE("later sources win: file, aliases, TROUPE_ variables, --set") {
  std::string file = "server: {port: 1}\n";
  variables alias{{"SOCKET_IO_PORT", "2"}}, both{{"SOCKET_IO_PORT", "2"}, {"TROUPE_SERVER_PORT", "3"}};
  settings set{{"server.port", "4"}, {"server.port", "5"}};
  CHECK(load({})->values.server.port == 3001);
  CHECK(load_text(file)->values.server.port == 1);
  CHECK(load_text(file, alias)->values.server.port == 2);
  CHECK(load_text(file, both)->values.server.port == 3);
  auto last = load_text(file, both, set);
  CHECK(last->values.server.port == 5);
  CHECK(last->origins.at("server.port") == "--set");
}

TEST_CASE("--set may empty a text and refuses unknown keys and sections") {
  CHECK(load_text("log: {file: x.log}", {}, {{"log.file", ""}})->values.log.file.empty());
  CHECK(mentions(
    mistakes(load({"", {}, {{"log.levl", "info"}}})), "--set: log.levl: no such key; did you mean log.level?"));
  CHECK(mentions(mistakes(load({"", {}, {{"server", "1"}}})), "--set: server: this is a section"));
  CHECK(mentions(mistakes(load({"", {}, {{"server.port", "x", "--port"}}})), "--port: server.port: expected"));
}

TEST_CASE("the file that is read without --config") {
  CHECK(default_config_file({{"TROUPE_CONFIG", "/etc/troupe.yaml"}}) == "/etc/troupe.yaml");
  temporary_dir dir;
  auto before = std::filesystem::current_path();
  std::filesystem::current_path(dir.path());
  CHECK(default_config_file({}).empty());
  dir.write("troupe.yaml", "");
  CHECK(default_config_file({}) == "troupe.yaml");
  CHECK(default_config_file({{"TROUPE_CONFIG", ""}}) == "troupe.yaml");
  std::filesystem::current_path(before);
}
