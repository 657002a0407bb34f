#include "app/authentication.hpp"
#include "app/cli/captured.hpp"
#include "app/cli/cli.hpp"
#include "app/config/print.hpp"

#include <catch2/catch_test_macros.hpp>

#include <optional>

using namespace app_tests;
using namespace troupe::app;

namespace {

struct outcome {
  int code = 0;
  std::string out;
  std::string err;
  std::optional<config> served; ///< the configuration a node was started with
};

outcome troupe_command(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment = {}) {
  outcome o;
  arguments.insert(arguments.begin(), "troupe");
  captured out{1}, err{2};
  o.code = run_cli(arguments, environment, [&](const loaded& l) {
    o.served = l.values;
    return 7;
  });
  o.out = out.text();
  o.err = err.text();
  return o;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("serve starts a node with what file, variables and command line say") {
  temporary_dir dir;
  auto file = dir.write("t.yaml", "server: {port: 1, host: 127.0.0.1}\nlog: {format: json}\n");
  auto o = troupe_command(
    {"serve", "--config", file, "--port", "8080", "-l", "debug", "--set", "engine.ping_interval_ms=300", "-s",
     "server.port=2"},
    {{"SERVER_ID", "n7"}});
  CHECK(o.code == 7);
  CHECK(o.err.empty());
  REQUIRE(o.served.has_value());
  CHECK(o.served->server.port == 8080);
  CHECK(o.served->server.host == "127.0.0.1");
  CHECK(o.served->server.node_id == "n7");
  CHECK(o.served->log.format == "json");
  CHECK(o.served->log.level == "debug");
  CHECK(o.served->engine.ping_interval == troupe::duration{300});
}

TEST_CASE("a mistake in the configuration stops the start") {
  temporary_dir dir;
  auto file = dir.write("t.yaml", "server:\n  prot: 80\n  host: \"\"\n");
  auto o = troupe_command({"serve", "--config", file, "--port", "http"});
  CHECK(o.code == 2);
  CHECK_FALSE(o.served.has_value());
  CHECK(o.out.empty());
  CHECK(holds(o.err, file + ":2: server.prot: no such key; did you mean server.port?\n"));
  CHECK(holds(o.err, file + ":3: server.host: expected an address or a host name"));
  CHECK(holds(o.err, "--port: server.port: expected a whole number from 0 to 65535, found \"http\"\n"));
  CHECK(holds(o.err, "3 mistakes in the configuration"));
}

TEST_CASE("check-config says whether it is right, by exit code too") {
  auto right = troupe_command({"check-config", "--set", "server.port=80"});
  CHECK(right.code == 0);
  CHECK(right.out == "The configuration is right.\n");
  CHECK(right.err.empty());
  auto unwise = troupe_command({"check-config"}, {{"KAFKA_BROKERS", "k:9092"}});
  CHECK(unwise.code == 0);
  CHECK(holds(unwise.err, "warning: kafka.brokers is set"));
  auto wrong = troupe_command({"check-config"}, {{"TROUPE_CONFIG", "/nowhere/troupe.yaml"}});
  CHECK(wrong.code == 2);
  CHECK(holds(wrong.err, "/nowhere/troupe.yaml: the configuration file cannot be read"));
  CHECK(holds(wrong.err, "1 mistake in the configuration"));
}

TEST_CASE("print-config prints the effective configuration, the reference or the example") {
  auto o = troupe_command({"print-config", "--origins"}, {{"AUTH_SECRET", "hunter2"}});
  CHECK(o.code == 0);
  CHECK(holds(o.out, "    secret: \"***\"  # environment variable AUTH_SECRET\n"));
  CHECK_FALSE(holds(o.out, "hunter2"));
  CHECK(troupe_command({"print-config", "--reference"}).out == print_reference());
  CHECK(troupe_command({"print-config", "--example"}).out == print_example());
  CHECK(troupe_command({"print-config", "--example", "--reference"}).code == 2);
}

TEST_CASE("token makes a token that a node with the same configuration accepts") {
  const std::map<std::string, std::string> environment{
    {"AUTH_SECRET", "a secret that is long enough to be one"},
    {"TROUPE_AUTH_MODE", "token"},
    {"TROUPE_AUTH_JWT_ISSUER", "https://id.example"}};
  auto o = troupe_command(
    {"token", "--user", "ann", "--tenant", "acme", "--role", "producer", "--role", "admin", "--permission",
     "orders:read", "--expires", "2h"},
    environment);
  REQUIRE(o.code == 0);
  REQUIRE(o.out.ends_with('\n'));
  auto token = o.out.substr(0, o.out.size() - 1);
  auto checker = make_authenticator(load({"", environment, {}})->values.auth);
  REQUIRE(checker.has_value());
  auto now = troupe::wall_clock_now();
  auto who = (*checker)->authenticate({"", "Bearer " + token, now});
  REQUIRE(who.has_value());
  CHECK(who->user_id == "ann");
  CHECK(who->tenant_id == "acme");
  CHECK(who->roles == std::vector<std::string>{"producer", "admin"});
  CHECK(who->permissions == std::vector<std::string>{"orders:read"});
  CHECK(*who->expires > now + 2 * 3'600'000);
  CHECK((*checker)->authenticate({"", "Bearer " + token, now + 3 * 3'600'000}).error().code == "token_expired");
}

TEST_CASE("token without a key, user or sensible time says what is missing") {
  auto no_key = troupe_command({"token", "--user", "ann"});
  CHECK(no_key.code == 1);
  CHECK(holds(no_key.err, "nothing to sign with"));
  CHECK(troupe_command({"token", "--secret", "s"}).code == 2);
  auto bad_time = troupe_command({"token", "--user", "ann", "--secret", "s", "--expires", "soon"});
  CHECK(bad_time.code == 2);
  CHECK(holds(bad_time.err, "90s, 15m, 1h or 30d"));
  for (const char* bad : {"0", "-1h", "1w", "h", "", "99999999999999999d", "36501d"})
    CHECK(troupe_command({"token", "--user", "ann", "--secret", "s", "--expires", bad}).code == 2);
  for (const char* good : {"90", "90s", "900000s", "15m", "1h", "30d"})
    CHECK(troupe_command({"token", "--user", "ann", "--secret", "s", "--expires", good}).code == 0);
  CHECK(
    holds(troupe_command({"token", "--user", "ann", "--key-file", "/nowhere.pem"}).err, "/nowhere.pem cannot be read"));
}

TEST_CASE("the command line explains itself") {
  auto help = troupe_command({"--help"});
  CHECK(help.code == 0);
  for (const char* part : {"serve", "check-config", "print-config", "token", "version", "Examples:"})
    CHECK(holds(help.out, part));
  for (const char* command : {"serve", "check-config", "print-config", "token"}) {
    CAPTURE(command);
    auto o = troupe_command({command, "--help"});
    CHECK(o.code == 0);
    CHECK(holds(o.out, "Examples:"));
    CHECK(holds(o.out, "--config"));
  }
}

TEST_CASE("a wrong command line is refused with exit code 2") {
  CHECK(troupe_command({}).code == 2);
  CHECK(troupe_command({"start"}).code == 2);
  CHECK(troupe_command({"serve", "--prot", "1"}).code == 2);
  CHECK(troupe_command({"serve", "extra"}).code == 2);
  auto no_value = troupe_command({"serve", "--set", "server.port"});
  CHECK(no_value.code == 2);
  CHECK(holds(no_value.err, "--set takes section.key=value"));
}

TEST_CASE("version prints one line") {
  CHECK(troupe_command({"version"}).out == std::string{"troupe "} + TROUPE_VERSION + "\n");
}
