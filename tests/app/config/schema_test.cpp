#include "app/config/schema.hpp"
#include "app/config/support.hpp"

#include <catch2/catch_test_macros.hpp>
#include <yaml-cpp/yaml.h>

#include <set>

using namespace app_tests;

namespace {

/// Fits every member of an aggregate.
struct anything {
  template<class T>
  operator T() const;
};

/// How many members an aggregate has.
template<class T, class... Filled>
consteval std::size_t members() {
  if constexpr (requires { T{Filled{}..., anything{}}; })
    return members<T, Filled..., anything>();
  else
    return sizeof...(Filled);
}

template<class... T>
consteval std::size_t members_of_all() {
  return (members<T>() + ...);
}

const config defaults;

/// Every option's value as text, by key.
std::map<std::string_view, std::string> snapshot(const config& c) {
  std::map<std::string_view, std::string> out;
  for (const auto& o : schema())
    out[o.key] = o.yaml(c, secrecy::open);
  return out;
}

/// Sets the option to something that is not its default; false when no value at hand fits.
bool change(const config_option& o, config& c) {
  for (const char* value :
       {"true",
        "false",
        "47",
        "4711",
        "4712000",
        "Strict",
        "debug",
        "json",
        "token",
        "polling",
        "https://a.example",
        "/a",
        "host:1",
        "redis://h",
        "postgres://h",
        "10.0.0.1",
        "HS256",
        "some-word",
        "acked",
        "memory",
        "each",
        "{typing: t}",
        "[{name: n}]",
        "[{match: n}]"}) {
    bool right = true;
    o.read(YAML::Load(value), c, [&](const auto&, const auto&, const auto&) { right = false; });
    if (right && o.yaml(c, secrecy::open) != o.yaml(defaults, secrecy::open))
      return true;
    c = defaults;
  }
  return false;
}

} // namespace

TEST_CASE("every option has a key, a sentence and a rule, and no two share a name") {
  std::set<std::string_view> keys;
  std::set<std::string> variables;
  for (const auto& o : schema()) {
    CAPTURE(o.key);
    CHECK(keys.insert(o.key).second);
    CHECK(variables.insert(environment_name(o.key)).second);
    if (!o.alias.empty())
      CHECK(variables.insert(std::string{o.alias}).second);
    CHECK(o.doc.size() > 8);
    CHECK(o.doc.ends_with('.'));
    CHECK_FALSE(o.accepts.empty());
    auto section = o.key.substr(0, o.key.rfind('.'));
    CHECK(is_section(section));
    CHECK_FALSE(section_doc(section).empty());
    CHECK(find_option(o.key) == &o);
  }
}

TEST_CASE("options of a section stand together") { // print-config opens each group once
  std::set<std::string_view> seen;
  std::string_view current;
  for (const auto& o : schema()) {
    auto section = o.key.substr(0, o.key.rfind('.'));
    if (section != current) {
      CAPTURE(o.key);
      CHECK(seen.insert(section).second);
    }
    current = section;
  }
}

TEST_CASE("each option sets its own member and no other") {
  auto before = snapshot(defaults);
  for (const auto& o : schema()) {
    CAPTURE(o.key);
    config c;
    REQUIRE(change(o, c));
    std::vector<std::string_view> changed;
    for (const auto& [key, value] : snapshot(c))
      if (value != before[key])
        changed.push_back(key);
    CHECK(changed == std::vector<std::string_view>{o.key});
  }
}

TEST_CASE("every member of the structs is bound to an option") {
  constexpr auto sections = members<config>();
  STATIC_REQUIRE(sections == 22); // a new section belongs into the list below
  constexpr auto nested = 4;      // auth.jwt, rooms.history, cluster.keys and redis.sentinel are groups, not options
  constexpr auto all = members_of_all<
    server_config, cors_config, cookie_config, engine_config, socketio_config, auth_config, jwt_config, troupe::limits,
    rooms_config, history_config, typing_config, presence_config, offline_config, documents_config, events_config,
    event_log_config, log_config, metrics_config, demo_config, cluster_config, public_keys_config, recovery_config, redis_config,
    redis_sentinel_config, kafka_config, postgres_config>();
  CHECK(schema().size() == all - nested);
  CHECK(event_rule_schema().size() == members<event_rule>());
  CHECK(room_rule_schema().size() == members<room_rule>());
}

TEST_CASE("the names that scripts outside rely on exist") {
  for (const char* key :
       {"server.host", "server.port", "server.node_id", "auth.mode", "auth.jwt.secret", "cluster.enabled",
        "cluster.name", "cluster.host", "cluster.port", "cluster.secret", "redis.url", "engine.ping_interval_ms",
        "engine.ping_timeout_ms", "limits.events_per_minute", "limits.max_connections", "limits.connects_per_minute",
        "recovery.enabled", "rooms.history.enabled"}) {
    CAPTURE(key);
    CHECK(find_option(key) != nullptr);
  }
  CHECK(environment_name("auth.jwt.secret") == "TROUPE_AUTH_JWT_SECRET");
  CHECK(environment_name("server.port") == "TROUPE_SERVER_PORT");
}
