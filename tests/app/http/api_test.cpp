#include "app/node/node.hpp"
#include "person.hpp"
#include "served.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using nlohmann::json;
using testing::person;

namespace {

/// A whole node with an API key, and a caller who has it.
struct open_node {
  open_node() {
    log::set_level(log::level::off);
    app::config c;
    c.server.host = "127.0.0.1";
    c.server.port = 0;
    c.server.shards = 2;
    c.server.shutdown_timeout = std::chrono::seconds(5);
    c.engine.ping_interval = std::chrono::seconds(10);
    c.auth.api_keys = {"old-key", "new-key"};
    c.socketio.namespaces = {"/", "/admin"};
    auto started = app::node::start(c);
    REQUIRE(started.has_value());
    node = std::move(*started);
  }

  testing::http_answer call(const std::string& method, const std::string& path, const std::string& body = {}) const {
    return testing::http_client(node->port()).request(method, "/api/v1" + path, body, {{"X-API-Key", "new-key"}});
  }
  json post(const std::string& path, const std::string& body) const { return answer(call("POST", path, body)); }
  json get(const std::string& path) const { return answer(call("GET", path)); }
  static json answer(const testing::http_answer& a) {
    INFO(a.body);
    CHECK(a.status == 200);
    return json::parse(a.body);
  }
  std::string code(const std::string& path, const std::string& body, unsigned status = 400) const {
    const auto a = call("POST", path, body);
    CHECK(a.status == status);
    CHECK(a.header("Content-Type") == "application/json");
    const auto parsed = json::parse(a.body);
    CHECK(parsed["ok"] == false);
    CHECK_FALSE(parsed["error"]["message"].get<std::string>().empty());
    return parsed["error"]["code"];
  }

  std::unique_ptr<app::node> node;
};

} // namespace

TEST_CASE("The API opens with a key only", "[http][api]") {
  open_node n;
  testing::http_client plain(n.node->port());
  auto refused = plain.request("POST", "/api/v1/publish", R"({"room":"r","event":"e"})");
  CHECK(refused.status == 401);
  CHECK(refused.header("WWW-Authenticate") == "Bearer");
  CHECK(plain.request("GET", "/api/v1/rooms", {}, {{"X-API-Key", "guess"}}).status == 403);
  CHECK(plain.request("GET", "/api/v1/rooms", {}, {{"X-API-Key", "old-key"}}).status == 200);
  CHECK(plain.request("GET", "/api/v1/rooms", {}, {{"Authorization", "Bearer new-key"}}).status == 200);
  CHECK(n.call("GET", "/publish").status == 405);
  CHECK(n.call("GET", "/nothing").status == 404);
}

TEST_CASE("A drain lowers readiness, says how far it is, and can be taken back", "[http][api]") {
  open_node n;
  const auto ready = [&] { return testing::http_client(n.node->port()).request("GET", "/ready"); };
  CHECK(n.get("/drain")["draining"] == false);
  auto body = n.post("/drain", "");
  CHECK(body["draining"] == true);
  CHECK(body["done"] == false);
  CHECK(body["slots"]["owned"] == 1024);
  CHECK(body["takers"] == 0);
  CHECK(body["problem"].get<std::string>().find("no cluster") != std::string::npos);
  CHECK(ready().status == 503);
  CHECK(json::parse(ready().body)["state"] == "draining");
  CHECK(n.get("/nodes")["nodes"][0]["draining"] == true);
  body = n.post("/drain", R"({"on":false})");
  CHECK(body["draining"] == false);
  CHECK_FALSE(body.contains("problem"));
  CHECK(ready().status == 200);
  CHECK(n.code("/drain", R"({"on":"yes"})") == "invalid_payload");
}

TEST_CASE("What is published reaches the room as it was written", "[http][api]") {
  open_node n;
  person ann(n.node->port(), "ann"), bob(n.node->port(), "bob");
  ann.ask("join_room", "team/7");
  const auto first = n.post("/publish", R"({"room":"team/7","event":"price","data":{"n":12345678901234567890.10}})");
  CHECK(ann.event("price") == R"(["price",{"n":12345678901234567890.10}])");
  CHECK(first["ok"] == true);
  CHECK(first["room"] == "team/7");
  CHECK(first["seq"] == 1);
  CHECK(first["duplicate"] == false);

  const auto second = n.post("/publish", R"({"room":"team/7","event":"bare"})");
  CHECK(ann.event("bare") == R"(["bare"])");
  CHECK(second["seq"] == 2);
  CHECK(second["id"] != first["id"]);

  bob.ask("join_room", "team/7"); // nothing published before was for bob
  n.post("/publish", R"({"room":"team/7","event":"last","data":null})");
  CHECK(bob.event("last") == R"(["last",null])");
}

TEST_CASE("A publish that does not reach the level it asks for is refused, and says how far it came", "[http][api]") {
  open_node n;
  const auto answer = n.call("POST", "/publish", R"({"room":"lobby","event":"e","id":"a","level":"stored"})");
  CHECK(answer.status == 503);
  const auto why = json::parse(answer.body)["error"];
  CHECK(why["code"] == "level_not_reached");
  CHECK(why["id"] == "a");
  CHECK(why["seq"] == 1);
  CHECK(why["level"] == "home");
  CHECK(n.post("/publish", R"({"room":"lobby","event":"e","id":"a","level":"home"})")["duplicate"] == true);
  CHECK(n.code("/publish", R"({"room":"lobby","event":"e","level":"saved"})") == "invalid_payload");
}

TEST_CASE("A publish made twice under one id is sent once", "[http][api]") {
  open_node n;
  person ann(n.node->port(), "ann");
  ann.ask("join_room", "lobby");
  const std::string body = R"({"room":"lobby","event":"once","data":1,"id":"order-1"})";
  const auto first = n.post("/publish", body);
  const auto again = n.post("/publish", body);
  CHECK(first["id"] == "order-1");
  CHECK(again["seq"] == first["seq"]);
  CHECK(again["ts"] == first["ts"]);
  CHECK(first["duplicate"] == false);
  CHECK(again["duplicate"] == true);
  n.post("/publish", R"({"room":"lobby","event":"fence"})");
  CHECK(ann.event("once") == R"(["once",1])");
  CHECK(ann.next() == R"(42["fence"])");
}

TEST_CASE("A broadcast reaches whom it names, each once", "[http][api]") {
  open_node n;
  person ann(n.node->port(), "ann"), bob(n.node->port(), "bob"), cat(n.node->port(), "cat");
  ann.ask("join_room", "red");
  ann.ask("join_room", "blue");
  bob.ask("join_room", "blue");
  CHECK(
    n.post("/broadcast", R"({"rooms":["red","blue"],"event":"both","args":[1,"two",{"b":[]}]})") == json{{"ok", true}});
  CHECK(n.post("/broadcast", R"({"rooms":"blue","except":["red"],"event":"blue","data":[1]})") == json{{"ok", true}});
  CHECK(n.post("/broadcast", R"({"rooms":[")" + cat.id + R"("],"event":"cat"})") == json{{"ok", true}});
  CHECK(n.post("/broadcast", R"({"event":"all","except":[")" + bob.id + R"("]})") == json{{"ok", true}});
  CHECK(n.post("/broadcast", R"({"event":"fence","volatile":true})") == json{{"ok", true}});

  CHECK(ann.event("both") == R"(["both",1,"two",{"b":[]}])");
  CHECK(ann.next() == R"(42["all"])");
  CHECK(ann.next() == R"(42["fence"])");
  CHECK(bob.event("both") == R"(["both",1,"two",{"b":[]}])");
  CHECK(bob.next() == R"(42["blue",[1]])");
  CHECK(bob.next() == R"(42["fence"])");
  CHECK(cat.next() == R"(42["cat"])");
  CHECK(cat.next() == R"(42["all"])");
}

TEST_CASE("Namespaces are worlds of their own", "[http][api]") {
  open_node n;
  person ann(n.node->port(), "ann"), root(n.node->port(), "root", "/admin");
  n.post("/broadcast", R"({"event":"note","data":1,"namespace":"/admin"})");
  n.post("/broadcast", R"({"event":"note","data":2})");
  CHECK(root.event("note") == R"(["note",1])");
  CHECK(ann.next() == R"(42["note",2])");
}

TEST_CASE("A user gets messages on every socket, now or later", "[http][api]") {
  open_node n;
  person tab(n.node->port(), "ann"), phone(n.node->port(), "ann");
  const auto sent = n.post("/users/ann/message", R"({"from":"billing","content":{"due":1.50},"id":"m1"})");
  CHECK(sent["ok"] == true);
  CHECK(sent["id"] == "m1");
  CHECK(sent["status"] == "delivered");
  const std::string start = R"(["message:new",{"id":"m1","from":"billing","to":"ann","content":{"due":1.50},)";
  CHECK(tab.event("message:new").starts_with(start));
  CHECK(phone.event("message:new").starts_with(start));
  CHECK(n.post("/users/ann/message", R"({"content":1,"id":"m1"})")["duplicate"] == true);

  CHECK(n.post("/users/b%C3%BCrge/message", R"({"event":"alert","content":"!"})")["status"] == "queued");
  person late(n.node->port(), "b\xc3\xbcrge");
  const auto kept = json::parse(late.event("alert"));
  CHECK(kept[1]["to"] == "b\xc3\xbcrge");
  CHECK(kept[1]["from"].is_null());
  CHECK(kept[1]["content"] == "!");
}

TEST_CASE("Rooms, members, users and sockets can be looked at", "[http][api]") {
  open_node n;
  CHECK(n.get("/rooms") == json::parse(R"({"ok":true,"rooms":[],"total":0})"));
  person ann(n.node->port(), "ann"), bob(n.node->port(), "bob");
  ann.ask("join_room", "a/b");
  bob.ask("join_room", "a/b");
  n.post("/publish", R"({"room":"a/b","event":"x"})");

  CHECK(n.get("/rooms?limit=5")["rooms"] == json::parse(R"([{"namespace":"/","room":"a/b","members":2,"seq":1}])"));
  auto members = n.get("/rooms/a%2Fb/members")["members"];
  CHECK(members.size() == 2);
  CHECK(std::count(members.begin(), members.end(), json{{"socketId", ann.id}, {"userId", "ann"}}) == 1);
  const auto first = n.get("/rooms/a%2Fb/members?limit=1");
  CHECK(first["members"].size() == 1);
  CHECK(first["total"] == 2);
  CHECK(first["cut"] == true);
  CHECK_FALSE(first.contains("silent"));
  CHECK_FALSE(n.get("/rooms/a%2Fb/members").contains("cut"));
  CHECK(n.get("/rooms/a%2Fb/members?scope=node")["members"].size() == 2);
  CHECK(n.get("/rooms?scope=cluster")["total"] == 1);
  CHECK(n.get("/rooms/empty/members")["members"] == json::array());

  const auto user = n.get("/users/ann");
  CHECK(user["online"] == true);
  CHECK(user["sockets"] == 1);
  CHECK(n.get("/users/nobody")["online"] == false);

  CHECK(n.get("/sockets")["sockets"].size() == 2);
  CHECK(n.get("/sockets?limit=1")["sockets"].size() == 1);
  CHECK(n.get("/sockets?namespace=/admin")["sockets"].empty());
  CHECK(n.get("/sockets?user=bob&scope=node")["sockets"].size() == 1);
  CHECK(n.get("/sockets?user=nobody")["sockets"].empty());
  const auto sockets = n.get("/sockets?room=a%2Fb")["sockets"];
  REQUIRE(sockets.size() == 2);
  const auto& one = sockets[0]["userId"] == "ann" ? sockets[0] : sockets[1];
  CHECK(one["id"] == ann.id);
  CHECK(one["address"] == "127.0.0.1");
  CHECK(one["rooms"] == json{"a/b"});
  CHECK(one["connectedAt"].is_number_integer());
}

TEST_CASE("Sockets and rooms can be disconnected", "[http][api]") {
  open_node n;
  person ann(n.node->port(), "ann"), bob(n.node->port(), "bob"), cat(n.node->port(), "cat");
  CHECK(n.post("/sockets/" + ann.id + "/disconnect", "")["id"] == ann.id);
  CHECK(ann.next() == "41");
  CHECK(n.code("/sockets/" + ann.id + "/disconnect", "{}", 404) == "unknown_socket");
  CHECK(n.code("/sockets/" + bob.id + "/disconnect", R"({"namespace":"/admin"})", 404) == "unknown_socket");

  bob.ask("join_room", "r");
  cat.ask("join_room", "r");
  CHECK(n.post("/rooms/r/disconnect", R"({"close":true,"except":")" + cat.id + R"("})")["sockets"] == 1);
  std::string last;
  for (std::string text = bob.next(); text != "closed"; text = bob.next())
    last = text;
  CHECK(last == "41");
  n.post("/publish", R"({"room":"r","event":"still"})");
  CHECK(cat.event("still") == R"(["still"])");
}

TEST_CASE("A user can be disconnected, with all sockets", "[http][api]") {
  open_node n;
  person ann(n.node->port(), "ann"), again(n.node->port(), "ann"), bob(n.node->port(), "bob");
  CHECK(n.post("/users/ann/disconnect", R"({"namespace":"/admin"})")["sockets"] == 0);
  CHECK(n.post("/users/nobody/disconnect", "")["sockets"] == 0);
  CHECK(n.post("/users/ann/disconnect", R"({"close":true})") == json::parse(R"({"ok":true,"userId":"ann","sockets":2})"));
  for (auto* who : {&ann, &again}) {
    std::string last;
    for (std::string text = who->next(); text != "closed"; text = who->next())
      last = text;
    CHECK(last == "41");
  }
  CHECK(n.get("/sockets?user=bob")["sockets"].size() == 1);
  CHECK(n.code("/users/ann/disconnect", R"({"close":1})") == "invalid_payload");
}

TEST_CASE("A request that is wrong is told what is wrong", "[http][api]") {
  open_node n;
  CHECK(n.code("/publish", "") == "missing_field");
  CHECK(n.code("/publish", "{") == "invalid_json");
  CHECK(n.code("/publish", "[]") == "invalid_payload");
  CHECK(n.code("/publish", R"({"room":"r"})") == "missing_field");
  CHECK(n.code("/publish", R"({"room":"","event":"e"})") == "invalid_payload");
  CHECK(n.code("/publish", R"({"room":"a\u0000b","event":"e"})") == "invalid_payload");
  CHECK(n.code("/publish", R"({"room":")" + std::string(256, 'x') + R"(","event":"e"})") == "name_too_long");
  CHECK(n.code("/publish", R"({"room":"r","event":"disconnect"})") == "reserved_event");
  CHECK(n.code("/publish", R"({"room":"r","event":")" + std::string(129, 'x') + R"("})") == "name_too_long");
  CHECK(n.code("/publish", R"({"room":"r","event":"e","namespace":"admin"})") == "invalid_payload");
  CHECK(
    n.code("/publish", R"({"room":"r","event":"e","data":)" + std::string(100, '[') + std::string(100, ']') + "}")
    == "invalid_json");
  CHECK(n.code("/broadcast", R"({"event":"e","data":1,"args":[]})") == "invalid_payload");
  CHECK(n.code("/broadcast", R"({"event":"e","args":1})") == "invalid_payload");
  CHECK(n.code("/broadcast", R"({"event":"e","rooms":[{}]})") == "invalid_payload");
  CHECK(n.code("/broadcast", R"({"event":"e","volatile":1})") == "invalid_payload");
  CHECK(n.code("/users/ann/message", "{}") == "missing_field");
  CHECK(n.code("/users/ann/message", R"({"content":1,"event":"connect"})") == "reserved_event");
  CHECK(n.code("/users/" + std::string(256, 'x') + "/message", R"({"content":1})") == "name_too_long");
  for (const char* query : {"?limit=0", "?limit=1001", "?limit=-1", "?limit=ten", "?limit=1x"})
    CHECK(n.call("GET", std::string("/rooms") + query).status == 400);
  CHECK(n.call("GET", "/sockets?namespace=admin").status == 400);
  CHECK(n.call("GET", "/sockets?scope=world").status == 400);
}

TEST_CASE("A body that is too large is refused before it is sent", "[http][api]") {
  open_node n;
  const auto text = testing::raw_exchange(
    n.node->port(),
    "POST /api/v1/publish HTTP/1.1\r\nHost: x\r\nX-API-Key: new-key\r\nContent-Length: 1000001\r\n\r\n");
  CHECK(text.starts_with("HTTP/1.1 413"));
  CHECK(text.find("payload_too_large") != std::string::npos);
  // Without a length in advance it ends where the limit is.
  std::string chunked =
    "POST /api/v1/publish HTTP/1.1\r\nHost: x\r\nX-API-Key: new-key\r\nTransfer-Encoding: chunked\r\n\r\n";
  chunked += "f4241\r\n" + std::string(1'000'001, ' ');
  CHECK(testing::raw_exchange(n.node->port(), chunked).starts_with("HTTP/1.1 413"));
}

TEST_CASE("Before its actors are there and after they are gone, a node says that it is not ready", "[http][api]") {
  app::config c;
  c.auth.api_keys = {"key"};
  testing::served node(c);
  const auto answer = node.get("/api/v1/rooms", {{"X-API-Key", "key"}});
  CHECK(answer.status == 503);
  CHECK(json::parse(answer.body)["error"]["code"] == "not_ready");
}
