#include "app/config/support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace app_tests;

namespace {

/// The complaints about settings given as key=value.
std::vector<std::string> complaints(const settings& s) {
  return mistakes(load({"", {}, s}));
}

} // namespace

TEST_CASE("sessions are recovered only where rooms keep their history") {
  CHECK(complaints({{"recovery.enabled", "false"}}).empty());
  CHECK(complaints({{"recovery.enabled", "true"}, {"rooms.history.enabled", "true"}}).empty());
  auto found = complaints({{"recovery.enabled", "true"}});
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("set rooms.history.enabled to true") != std::string::npos);
  CHECK(complaints({{"recovery.enabled", "true"}, {"rooms.rules", "[{match: \"chat:*\", history: true}]"}}).empty());
}

TEST_CASE("histories are kept where all who need them can read them") {
  const settings cluster{{"cluster.enabled", "true"}, {"cluster.secret", "a secret that is long enough"}, {"redis.host", "r"}, {"rooms.history.enabled", "true"}};
  auto in_cluster = [&](settings more) {
    more.insert(more.end(), cluster.begin(), cluster.end());
    return complaints(more);
  };
  CHECK(in_cluster({{"rooms.history.store", "redis"}}).empty());
  CHECK(in_cluster({{"rooms.history.store", "postgres"}, {"postgres.url", "postgres://u:p@h/d"}}).empty());
  CHECK(mentions(in_cluster({{"rooms.history.store", "postgres"}, {"postgres.url", "postgres://h/d"}, {"rooms.history.replicas", "1"}}),
                 "rooms.history.replicas: replicas of Redis have no histories"));
  CHECK(mentions(in_cluster({{"rooms.history.store", "memory"}}), "rooms.history.store: nodes of a cluster take over each other's rooms"));
  CHECK(mentions(in_cluster({{"rooms.history.store", "postgres"}}), "postgres.url: rooms.history.store is postgres; say where it is"));
  CHECK(complaints({{"rooms.history.store", "memory"}}).empty());
  CHECK(complaints({{"rooms.history.store", "postgres"}, {"postgres.url", "host=h dbname=d"}}).empty());
  CHECK(mentions(complaints({{"rooms.history.store", "redis"}}), "rooms.history.store: a node that is alone does not use Redis"));
  const auto unreadable = complaints({{"rooms.history.store", "postgres"}, {"postgres.url", "postgres://u:hunter@2@h/d"}});
  REQUIRE(unreadable.size() == 1);
  CHECK(unreadable[0].find("write what is special in a password as in URLs") != std::string::npos);
  CHECK(unreadable[0].find("hunter") == std::string::npos);
  CHECK(mentions(load({"", {}, {{"rooms.history.store", "postgres"}, {"postgres.url", "postgres://h/d"}}})->warnings, "rooms.history.enabled is false"));
}

TEST_CASE("a cluster needs a secret and Redis, and times that fit each other") {
  CHECK(complaints({{"cluster.enabled", "false"}}).empty());
  auto found = mistakes(load({"", {{"ENABLE_WEBSOCKET_CLUSTERING", "true"}}, {}}));
  CHECK(found.size() == 2);
  CHECK(mentions(found, "cluster.secret: nodes of a cluster must share a secret"));
  CHECK(mentions(found, "redis.url: nodes of a cluster find each other in Redis"));
  auto with = [](settings more) {
    settings s{{"cluster.enabled", "true"}, {"cluster.secret", "a secret that is long enough"}, {"redis.host", "r"}};
    s.insert(s.end(), more.begin(), more.end());
    return complaints(s);
  };
  CHECK(with({}).empty());
  CHECK(with({{"rooms.history.enabled", "true"}}).empty());
  CHECK(mentions(with({{"cluster.name", "a{b}"}}), "cluster.name: braces"));
  CHECK(mentions(with({{"cluster.lease_ms", "2000"}}), "cluster.lease_ms: a lease must last three heartbeats"));
  CHECK(mentions(with({{"cluster.link_timeout_ms", "300"}}), "cluster.link_timeout_ms: a link needs two heartbeats"));
  CHECK(complaints({{"rooms.history.enabled", "true"}}).empty()); // in memory
}

TEST_CASE("a complaint about a combination says where the key was set") {
  auto found = mistakes(load_text("cors:\n  credentials: true\n  origins: \"*\"\n"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("troupe.yaml:3: cors.origins: browsers refuse"));
}

TEST_CASE("TLS needs certificate and key, both readable") {
  temporary_dir dir;
  auto pem = dir.write("a.pem", "x");
  CHECK(mentions(complaints({{"server.tls_cert", pem}}), "server.tls_key: "));
  CHECK(mentions(complaints({{"server.tls_key", pem}}), "server.tls_cert: "));
  CHECK(complaints({{"server.tls_cert", pem}, {"server.tls_key", pem}}).empty());
  CHECK(mentions(
    complaints({{"server.tls_cert", pem}, {"server.tls_key", dir.path("none.pem")}}), "none.pem cannot be read"));
}

TEST_CASE("token mode needs something to check tokens with") {
  CHECK(mentions(complaints({{"auth.mode", "token"}}), "auth.mode: token needs something to check tokens with"));
  CHECK(complaints({{"auth.mode", "token"}, {"auth.jwt.secret", "s"}}).empty());
  CHECK(mentions(
    complaints({{"auth.mode", "token"}, {"auth.jwt.secret", "s"}, {"auth.jwt.algorithms", "RS256"}}),
    "no algorithm fits"));
  CHECK(complaints({{"auth.jwt.algorithms", "RS256"}}).empty());
  temporary_dir dir;
  auto broken = dir.write("keys.json", "{\"keys\": []}");
  CHECK(mentions(complaints({{"auth.jwt.public_key_file", broken}}), "the key set is empty"));
  CHECK(mentions(complaints({{"auth.jwt.public_key_file", dir.path("none")}}), "cannot be read"));
  CHECK(mentions(
    load({"", {}, {{"auth.mode", "token"}, {"auth.jwt.secret", "short"}}})->warnings, "shorter than 32 bytes"));
}

TEST_CASE("limits that contradict each other are refused") {
  CHECK(mentions(complaints({{"limits.max_payload_bytes", "5000000"}}), "limits.max_queued_bytes: a message of"));
  CHECK(complaints({{"limits.max_payload_bytes", "4000000"}}).empty());
  CHECK(mentions(complaints({{"limits.max_sockets", "9999"}}), "limits.max_sockets: "));
  CHECK(complaints({{"limits.max_sockets", "10000"}}).empty());
  CHECK(mentions(complaints({{"limits.max_payload_bytes", "99999"}}), "documents.max_changes_bytes: "));
  CHECK(mentions(complaints({{"offline.until", "acked"}, {"offline.devices", "each"}}), "offline.until: "));
  CHECK(complaints({{"offline.until", "acked"}}).empty());
}

TEST_CASE("other combinations that cannot work are refused") {
  CHECK(mentions(complaints({{"cookie.name", "io"}, {"cookie.same_site", "none"}}), "cookie.secure: "));
  CHECK(complaints({{"cookie.name", "io"}, {"cookie.same_site", "none"}, {"cookie.secure", "true"}}).empty());
  CHECK(mentions(complaints({{"metrics.require_api_key", "true"}}), "auth.api_keys is empty"));
  CHECK(mentions(complaints({{"socketio.namespaces", "[]"}}), "at least one namespace"));
  CHECK(mentions(
    complaints({{"log.file", "/dev/null/logs/troupe.log"}}), "log.file: there is no directory /dev/null/logs"));
  CHECK(mentions(complaints({{"engine.client_dir", "/dev/null"}}), "there is no directory /dev/null"));
}

TEST_CASE("texts with a form of their own are checked") {
  for (const settings& wrong :
       {settings{{"engine.path", "socket.io"}},
        {{"engine.path", "/"}},
        {{"engine.path", "/io/"}},
        {{"engine.path", "/a b"}},
        {{"cors.origins", "example.com"}},
        {{"cors.origins", "https://a.example/path"}},
        {{"server.host", ""}},
        {{"server.host", "a b"}},
        {{"server.node_id", "a:b"}},
        {{"socketio.namespaces", "chat"}},
        {{"socketio.namespaces", "/a*b"}},
        {{"kafka.brokers", "k1"}},
        {{"redis.url", "cache:6379"}},
        {{"redis.url", "redis://"}},
        {{"redis.url", "redis://h:99999"}},
        {{"redis.url", "redis://h/x"}},
        {{"redis.prefix", "a{b}:"}},
        {{"redis.database", "-1"}},
        {{"redis.cluster_nodes", "a"}},
        {{"redis.cluster_nodes", "a:1,b:0"}},
        {{"redis.sentinel.nodes", "s1:26379"}},
        {{"redis.sentinel.master", "main"}},
        {{"postgres.schema", "a-b"}},
        {{"postgres.schema", "1a"}},
        {{"rooms.history.store", "mongodb"}},
        {{"cookie.name", "a b"}},
        {{"server.trusted_proxies", "10.0.0.0/33"}},
        {{"auth.jwt.algorithms", "none"}},
        {{"engine.transports", ""}}}) {
    CAPTURE(wrong[0].key, wrong[0].value);
    CHECK(complaints(wrong).size() == 1);
  }
  CHECK(complaints({{"socketio.namespaces", "/,/admin,/tenant-*"},
                    {"engine.path", "/chat/socket.io"},
                    {"server.host", "::1"},
                    {"cors.origins", "https://a.example:8443,capacitor://localhost,null"},
                    {"redis.url", "rediss://u:p@h:1/2"}})
          .empty());
}

TEST_CASE("event rules are read strictly") {
  auto found = mistakes(load_text(R"(events:
  rules:
    - name: connect
    - {name: typing, volatil: true, to: everyone}
    - 5
    - {to: user}
    - {name: vote, emit: disconnect}
    - {name: vote}
  names: {typping: x}
)"));
  CHECK(found.size() == 9);
  CHECK(mentions(found, "troupe.yaml:3: events.rules[0].name: \"connect\" is reserved"));
  CHECK(
    mentions(found, "troupe.yaml:4: events.rules[1].volatil: no such key in an event rule; did you mean volatile?"));
  CHECK(mentions(
    found, "troupe.yaml:4: events.rules[1].to: \"everyone\" is not one of room, user, sender, namespace, none"));
  CHECK(mentions(found, "troupe.yaml:4: events.rules[1].name: \"typing\" is a built-in event"));
  CHECK(mentions(found, "troupe.yaml:5: events.rules[2]: expected an event rule such as"));
  CHECK(mentions(found, "troupe.yaml:6: events.rules[3].name: an event rule needs a name"));
  CHECK(mentions(found, "troupe.yaml:7: events.rules[4].emit: \"disconnect\" is reserved"));
  CHECK(mentions(found, "troupe.yaml:8: events.rules[5].name: rule 5 is called \"vote\" already"));
  CHECK(mentions(found, "events.names: \"typping\" is no built-in event"));
}

TEST_CASE("room rules are read strictly, and what they set must have an effect") {
  auto found = mistakes(load_text(R"(rooms:
  rules:
    - {match: "chat:*", histroy: true}
    - {history: true}
    - {match: "a*b"}
    - {match: x, namespace: shop}
    - {match: x, history: maybe}
    - {match: x, history_ttl_ms: 5}
    - lobby
)"));
  CHECK(found.size() == 7);
  CHECK(mentions(found, "troupe.yaml:3: rooms.rules[0].histroy: no such key in a room rule; did you mean history?"));
  CHECK(mentions(found, "troupe.yaml:4: rooms.rules[1].match: a room rule needs names of rooms to match"));
  CHECK(mentions(found, "troupe.yaml:5: rooms.rules[2].match: expected a name, with a * only at the end"));
  CHECK(mentions(found, "troupe.yaml:6: rooms.rules[3].namespace: expected a namespace such as / or /admin"));
  CHECK(mentions(found, "troupe.yaml:7: rooms.rules[4].history: expected true or false"));
  CHECK(mentions(found, "troupe.yaml:8: rooms.rules[5].history_ttl_ms: expected a whole number of milliseconds"));
  CHECK(mentions(found, "troupe.yaml:9: rooms.rules[6]: expected a room rule such as"));
  CHECK(mentions(complaints({{"rooms.rules", "[{match: x, history_max_messages: 5}]"}}), "rooms.rules[0].history_max_messages: these rooms keep no history"));
  CHECK(mentions(complaints({{"rooms.rules", "[{match: x, delete_with_room: true}]"}}), "rooms.rules[0].delete_with_room"));
  CHECK(mentions(complaints({{"rooms.history.enabled", "true"}, {"rooms.rules", "[{match: x, history: false, history_ttl_ms: 5000}]"}}), "rooms.rules[0].history_ttl_ms"));
  CHECK(complaints({{"rooms.history.enabled", "true"}, {"rooms.rules", "[{match: x, history_max_messages: 5}]"}}).empty());
}

TEST_CASE("a level that messages can never reach is not demanded") {
  auto with = [](settings more) {
    settings s{{"cluster.enabled", "true"}, {"cluster.secret", "a secret that is long enough"}, {"redis.host", "r"}};
    s.insert(s.end(), more.begin(), more.end());
    return complaints(s);
  };
  const settings::value_type kept{"rooms.history.enabled", "true"}, asked{"rooms.history.replicas", "1"};
  CHECK(mentions(with({{"rooms.rules", "[{match: x, level: stored}]"}}), "rooms.rules[0].level: messages of rooms without history"));
  CHECK(mentions(with({kept, {"rooms.rules", "[{match: x, level: replicated}]"}}), "rooms.rules[0].level: nobody asks replicas"));
  CHECK(with({kept, asked, {"rooms.rules", "[{match: x, level: replicated}]"}}).empty());
  CHECK(mentions(with({{"events.rules", "[{name: x, level: stored}]"}}), "events.rules[0].level: messages of rooms without history"));
  CHECK(mentions(with({kept, {"events.rules", "[{name: x, level: replicated}]"}}), "events.rules[0].level: nobody asks replicas"));
  CHECK(with({kept, asked, {"events.rules", "[{name: x, level: replicated}]"}}).empty());
  CHECK(mentions(with({asked}), "rooms.history.replicas: there is no history"));
  CHECK(mentions(complaints({kept, asked}), "rooms.history.replicas: there is no history in Redis"));
  CHECK(mentions(with({kept, asked, {"rooms.history.replicas_timeout_ms", "1500"}}), "rooms.history.replicas_timeout_ms: half of redis.timeout_ms"));
}

TEST_CASE("a built-in event that is switched off or renamed makes its name free") {
  CHECK(complaints({{"events.names", "{typing: \"\"}"}, {"events.rules", "[{name: typing}]"}}).empty());
  CHECK(complaints({{"events.names", "{typing: user_typing}"}, {"events.rules", "[{name: typing}]"}}).empty());
  CHECK(mentions(
    complaints({{"events.names", "{typing: user_typing}"}, {"events.rules", "[{name: user_typing}]"}}),
    "is a built-in event"));
}

TEST_CASE("a key that was read wrongly is not complained about a second time") {
  CHECK(complaints({{"auth.mode", "tokn"}}).size() == 1);
  CHECK(complaints({{"limits.max_queued_bytes", "x"}, {"limits.max_payload_bytes", "5000000"}}).size() == 1);
}
