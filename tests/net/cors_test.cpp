#include "net/http/cors.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::net;

namespace {

std::string value(const header_list& h, std::string_view name) {
  for (auto& [k, v] : h)
    if (k == name)
      return v;
  return "-";
}

} // namespace

TEST_CASE("who may open a session") {
  cors_policy none;
  CHECK(origin_allowed(none, "", "chat.example"));                                  // not a browser
  CHECK(origin_allowed(none, "https://chat.example", "chat.example"));              // the same origin
  CHECK(origin_allowed(none, "http://localhost:3001", "localhost:3001"));
  CHECK_FALSE(origin_allowed(none, "https://evil.example", "chat.example"));
  CHECK_FALSE(origin_allowed(none, "https://chat.example.evil.example", "chat.example"));
  CHECK_FALSE(origin_allowed(none, "null", "chat.example"));
  cors_policy listed{{"https://a.example"}, false, {}, {}, 0};
  CHECK(origin_allowed(listed, "https://a.example", "chat.example"));
  CHECK_FALSE(origin_allowed(listed, "http://a.example", "chat.example"));
  cors_policy any{{"*"}, false, {}, {}, 0};
  CHECK(origin_allowed(any, "https://whoever.example", "chat.example"));
}

TEST_CASE("headers of answers") {
  CHECK(cors_headers({}, "https://a.example").empty());
  cors_policy any{{"*"}, false, {}, {}, 0};
  CHECK(value(cors_headers(any, "https://a.example"), "Access-Control-Allow-Origin") == "*");
  cors_policy with_cookies{{"*"}, true, {}, {"X-Seen"}, 0};
  auto h = cors_headers(with_cookies, "https://a.example");
  CHECK(value(h, "Access-Control-Allow-Origin") == "https://a.example");
  CHECK(value(h, "Access-Control-Allow-Credentials") == "true");
  CHECK(value(h, "Vary") == "Origin");
  CHECK(value(h, "Access-Control-Expose-Headers") == "X-Seen");
  cors_policy one{{"https://a.example"}, false, {}, {}, 0};
  CHECK(value(cors_headers(one, "https://b.example"), "Access-Control-Allow-Origin") == "-");
}

TEST_CASE("preflights echo the headers asked for unless they are configured") {
  cors_policy any{{"*"}, false, {}, {}, 600};
  auto h = preflight_headers(any, "https://a.example", "x-token");
  CHECK(value(h, "Access-Control-Allow-Headers") == "x-token");
  CHECK(value(h, "Access-Control-Max-Age") == "600");
  any.allowed_headers = {"content-type", "x-mine"};
  CHECK(value(preflight_headers(any, "https://a.example", "x-token"), "Access-Control-Allow-Headers") == "content-type,x-mine");
}
