#include "app/http/client_routes.hpp"
#include "app/temporary_dir.hpp"
#include "core/ws/deflate.hpp"
#include "served.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using nlohmann::json;

namespace {

const std::string banner = "/*!\n * Socket.IO v4.9.9\n */\n";
const std::string script = banner + std::string(3'000, 'x');

void write_share(const app_tests::temporary_dir& dir) {
  std::filesystem::create_directory(dir.path("client"));
  std::filesystem::create_directory(dir.path("demo"));
  for (const auto name : app::client_bundles())
    dir.write("client/" + std::string(name), name.ends_with(".map") ? "{\"version\":3}" : script);
  dir.write("demo/index.html", "<!doctype html><title>Demo</title>");
  dir.write("demo/demo.css", "body{}");
  dir.write("demo/.hidden.js", "secret");
  dir.write("demo/notes.txt", "not served");
  dir.write("outside.js", "secret");
}

std::string raw_get(unsigned short port, const std::string& target) {
  return testing::raw_exchange(port, "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

} // namespace

TEST_CASE("The client bundles are served with their version", "[http]") {
  app_tests::temporary_dir dir;
  write_share(dir);
  testing::served node({}, dir.path());
  for (const auto name : app::client_bundles()) {
    INFO(name);
    const auto answer = node.get("/socket.io/" + std::string(name) + "?v=1");
    CHECK(answer.status == 200);
    CHECK(answer.header("ETag") == "\"4.9.9\"");
    CHECK(answer.header("Cache-Control") == "public, max-age=0");
    CHECK(answer.header("X-Content-Type-Options") == "nosniff");
    const bool map = name.ends_with(".map");
    CHECK(
      answer.header("Content-Type") == (map ? "application/json; charset=utf-8" : "text/javascript; charset=utf-8"));
    CHECK(answer.body == (map ? "{\"version\":3}" : script));
  }
  CHECK(node.get("/socket.io/socket.io.slim.js").status == 404);
}

TEST_CASE("A client that has the version gets no body", "[http]") {
  app_tests::temporary_dir dir;
  write_share(dir);
  testing::served node({}, dir.path());
  for (const char* etag : {"\"4.9.9\"", "W/\"4.9.9\""}) {
    const auto answer = node.get("/socket.io/socket.io.js", {{"If-None-Match", etag}});
    CHECK(answer.status == 304);
    CHECK(answer.body.empty());
    CHECK(answer.header("Content-Length").empty());
    CHECK(answer.header("ETag") == "\"4.9.9\"");
  }
  CHECK(node.get("/socket.io/socket.io.js", {{"If-None-Match", "\"4.9.8\""}}).status == 200);
}

TEST_CASE("A client that takes gzip gets gzip", "[http]") {
  app_tests::temporary_dir dir;
  write_share(dir);
  testing::served node({}, dir.path());
  const auto answer = node.get("/socket.io/socket.io.min.js", {{"Accept-Encoding", "br, gzip"}});
  CHECK(answer.header("Content-Encoding") == "gzip");
  CHECK(answer.header("Vary") == "Accept-Encoding");
  CHECK(answer.body == ws::compress_body(script, ws::http_coding::gzip));
  CHECK(node.get("/socket.io/socket.io.min.js", {{"Accept-Encoding", "br"}}).body == script);
  CHECK(node.get("/socket.io/socket.io.min.js.map", {{"Accept-Encoding", "gzip"}}).header("Content-Encoding").empty());
}

TEST_CASE("Bundles follow engine.path, engine.client_dir and engine.serve_client", "[http]") {
  app_tests::temporary_dir dir;
  write_share(dir);
  app::config c;
  c.engine.path = "/chat/ws";
  c.engine.client_dir = dir.path("client");
  {
    testing::served node(c);
    CHECK(node.get("/chat/ws/socket.io.js").status == 200);
    CHECK(node.get("/socket.io/socket.io.js").status == 404);
  }
  c.engine.serve_client = false;
  testing::served node(c);
  CHECK(json::parse(node.get("/chat/ws/socket.io.js").body)["error"]["code"] == "not_found");
}

TEST_CASE("A bundle that is missing says how to get it", "[http]") {
  testing::served node;
  const auto answer = node.get("/socket.io/socket.io.min.js");
  CHECK(answer.status == 404);
  const auto error = json::parse(answer.body)["error"];
  CHECK(error["code"] == "client_missing");
  CHECK(error["message"].get<std::string>().find("scripts/fetch-client") != std::string::npos);
}

TEST_CASE("The demo page is served with rules for the browser", "[http]") {
  app_tests::temporary_dir dir;
  write_share(dir);
  testing::served node({}, dir.path());
  const auto root = node.get("/");
  CHECK(root.status == 302);
  CHECK(root.header("Location") == "/demo");
  for (const char* path : {"/demo", "/demo/", "/demo/index.html"}) {
    const auto page = node.get(path);
    CHECK(page.status == 200);
    CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.body == "<!doctype html><title>Demo</title>");
    const auto csp = page.header("Content-Security-Policy");
    CHECK(csp.find("default-src 'self'") != std::string::npos);
    CHECK(csp.find("connect-src 'self' ws: wss:") != std::string::npos);
    CHECK(csp.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(page.header("X-Content-Type-Options") == "nosniff");
    CHECK(page.header("Referrer-Policy") == "no-referrer");
    CHECK(page.header("Cache-Control") == "no-cache");
    CHECK(node.get(path, {{"If-None-Match", page.header("ETag")}}).status == 304);
  }
  CHECK(node.get("/demo/demo.css").header("Content-Type") == "text/css; charset=utf-8");
}

TEST_CASE("Nothing but the page's own files can be had", "[http]") {
  app_tests::temporary_dir dir;
  write_share(dir);
  testing::served node({}, dir.path());
  for (const char* target :
       {"/demo/../outside.js", "/demo/..%2Foutside.js", "/demo/%2e%2e/outside.js", "/demo/.hidden.js",
        "/demo/notes.txt", "/demo//etc/passwd", "/demo/%2Fetc%2Fpasswd", "/socket.io/../outside.js",
        "/demo/index.html%00.js", "/../outside.js", "/demo/demo.css/"}) {
    INFO(target);
    const auto answer = raw_get(node.port, target);
    CHECK((answer.starts_with("HTTP/1.1 404") || answer.starts_with("HTTP/1.1 400")));
    CHECK(answer.find("secret") == std::string::npos);
  }
}

TEST_CASE("The demo page can be switched off", "[http]") {
  app_tests::temporary_dir dir;
  write_share(dir);
  app::config c;
  c.demo.enabled = false;
  testing::served node(c, dir.path());
  for (const char* path : {"/", "/demo", "/demo/", "/demo/index.html"})
    CHECK(node.get(path).status == 404);
}

TEST_CASE("Files that appear or change after the start are not seen", "[http]") {
  app_tests::temporary_dir dir;
  write_share(dir);
  testing::served node({}, dir.path());
  dir.write("demo/late.js", "late");
  dir.write("demo/demo.css", "changed");
  CHECK(node.get("/demo/late.js").status == 404);
  CHECK(node.get("/demo/demo.css").body == "body{}");
}
