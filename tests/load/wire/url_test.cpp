#include "load/wire/url.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::load;

TEST_CASE("URLs of servers") {
  struct example {
    const char* text;
    bool tls;
    const char* host;
    int port;
    const char* authority;
  };
  const example examples[] = {
    {"http://127.0.0.1:3001", false, "127.0.0.1", 3001, "127.0.0.1:3001"},
    {"http://localhost", false, "localhost", 80, "localhost:80"},
    {"https://chat.example.com/", true, "chat.example.com", 443, "chat.example.com:443"},
    {"ws://a:1", false, "a", 1, "a:1"},
    {"wss://a:65535", true, "a", 65535, "a:65535"},
    {"http://[::1]:8080", false, "::1", 8080, "[::1]:8080"},
    {"https://[::1]", true, "::1", 443, "[::1]:443"}};
  for (const auto& e : examples) {
    CAPTURE(e.text);
    const auto u = parse_url(e.text);
    REQUIRE(u.has_value());
    CHECK(u->tls == e.tls);
    CHECK(u->host == e.host);
    CHECK(u->port == e.port);
    CHECK(u->authority() == e.authority);
  }
}

TEST_CASE("what is no URL of a server is refused") {
  for (const char* text :
       {"", "localhost:3001", "ftp://a", "http://", "http://:80", "http://a:0", "http://a:65536", "http://a:x",
        "http://a:", "http://a:80x", "http://a/socket.io/", "http://a?x=1", "http://user@a", "http://[::1",
        "http://[::1]80"}) {
    CAPTURE(text);
    const auto u = parse_url(text);
    REQUIRE_FALSE(u.has_value());
    CHECK(u.error().code == "invalid_url");
  }
}
