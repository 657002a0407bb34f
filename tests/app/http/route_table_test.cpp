#include "app/http/route_table.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace troupe;
using app::match;
using app::path_parts;
using parts = std::vector<std::string>;

namespace {

struct asked {
  std::string method, target;
};

/// What the table says, and which route said it.
struct said {
  std::string route;
  parts values;
  ports::http_response answer;
};

said ask(const app::route_table& table, const asked& a) {
  said s;
  ports::http_request request{.method = a.method, .path = a.target, .target = a.target, .address = {}, .query = {},
                              .headers = {}, .body = {}};
  table.serve(request, [&](ports::http_response r) { s.answer = std::move(r); });
  s.route = s.answer.body;
  return s;
}

std::string header(const ports::http_response& r, const std::string& name) {
  for (const auto& [k, v] : r.headers)
    if (k == name)
      return v;
  return {};
}

app::route_table example() {
  app::route_table t;
  auto says = [](std::string name) {
    return [name](app::visit& v) {
      std::string text = name;
      for (const auto& p : v.parts)
        text += " " + p;
      v.respond({.body = text, .headers = {}});
    };
  };
  t.add("GET", "/", says("root"));
  t.add("GET", "/rooms/mine", says("mine"));
  t.add("GET", "/rooms/{}", says("room"));
  t.add("DELETE", "/rooms/{}", says("delete"));
  t.add("POST", "/rooms/{}/users/{}", says("both"));
  return t;
}

} // namespace

TEST_CASE("A target is cut at its own slashes and decoded part by part", "[http]") {
  CHECK(path_parts("/a/b%2Fc?d=/e") == parts{"a", "b/c"});
  CHECK(path_parts("/caf%C3%A9%20x") == parts{"caf\xc3\xa9 x"});
  CHECK(path_parts("/a+b") == parts{"a+b"});
  CHECK(path_parts("/demo/") == parts{"demo", ""});
  CHECK(path_parts("/") == parts{});
  CHECK(path_parts("/a/../b") == parts{"a", "..", "b"});
  CHECK_FALSE(path_parts("/%zz"));
  CHECK_FALSE(path_parts("/a/%00"));
  CHECK_FALSE(path_parts("/a%0Ab"));
  CHECK_FALSE(path_parts("/%ff"));
  CHECK_FALSE(path_parts("http://host/"));
  CHECK_FALSE(path_parts(""));
}

TEST_CASE("A placeholder stands for one part that is not empty", "[http]") {
  CHECK(match({"rooms", "{}"}, {"rooms", "a/b"}) == parts{"a/b"});
  CHECK(match({"rooms", "{}"}, {"rooms", "{}"}) == parts{"{}"});
  CHECK_FALSE(match({"rooms", "{}"}, {"rooms", ""}));
  CHECK_FALSE(match({"rooms", "{}"}, {"rooms"}));
  CHECK_FALSE(match({"rooms", "{}"}, {"rooms", "a", "b"}));
  CHECK_FALSE(match({"rooms", "{}"}, {"Rooms", "a"}));
}

TEST_CASE("The first route that matches answers", "[http]") {
  const auto table = example();
  CHECK(ask(table, {"GET", "/"}).route == "root");
  CHECK(ask(table, {"GET", "/?x=1"}).route == "root");
  CHECK(ask(table, {"GET", "/rooms/mine"}).route == "mine");
  CHECK(ask(table, {"GET", "/rooms/other"}).route == "room other");
  CHECK(ask(table, {"HEAD", "/rooms/other"}).route == "room other");
  CHECK(ask(table, {"DELETE", "/rooms/mine"}).route == "delete mine");
  CHECK(ask(table, {"POST", "/rooms/a%2Fb/users/%C3%BC"}).route == "both a/b \xc3\xbc");
}

TEST_CASE("What no route takes is refused with a reason", "[http]") {
  const auto table = example();
  const auto nothing = ask(table, {"GET", "/rooms/"}).answer;
  CHECK(nothing.status == 404);
  CHECK(nothing.body == R"({"ok":false,"error":{"code":"not_found","message":"there is nothing at /rooms/"}})");

  const auto wrong = ask(table, {"PUT", "/rooms/mine"}).answer;
  CHECK(wrong.status == 405);
  CHECK(header(wrong, "Allow") == "GET, HEAD, DELETE");
  CHECK(wrong.body.find("\"code\":\"method_not_allowed\"") != std::string::npos);

  const auto options = ask(table, {"OPTIONS", "/rooms/a/users/b"}).answer;
  CHECK(options.status == 204);
  CHECK(header(options, "Allow") == "POST");

  CHECK(ask(table, {"GET", "/%zz"}).answer.status == 400);
  CHECK(ask(table, {"GET", "/rooms/%ff"}).answer.status == 400);
}
