#include "app/http/client_routes.hpp"
#include "app/http/share_dir.hpp"
#include "app/http/static_file.hpp"
#include "app/temporary_dir.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using app::names_etag;

TEST_CASE("If-None-Match names a version among others", "[http]") {
  CHECK(names_etag("\"4.8.4\"", "\"4.8.4\""));
  CHECK(names_etag("W/\"4.8.4\"", "\"4.8.4\""));
  CHECK(names_etag("\"1\" , W/\"2\",\"3\"", "\"2\""));
  CHECK(names_etag("*", "\"2\""));
  CHECK_FALSE(names_etag("", "\"2\""));
  CHECK_FALSE(names_etag("2", "\"2\""));
  CHECK_FALSE(names_etag("\"22\"", "\"2\""));
}

TEST_CASE("Only known kinds of files have a content type", "[http]") {
  CHECK(app::content_type_of("a.html") == "text/html; charset=utf-8");
  CHECK(app::content_type_of("a.min.js") == "text/javascript; charset=utf-8");
  CHECK(app::content_type_of("a.min.js.map") == "application/json; charset=utf-8");
  CHECK(app::content_type_of("a.svg") == "image/svg+xml");
  CHECK(app::content_type_of("key.pem").empty());
  CHECK(app::content_type_of("js").empty());
}

TEST_CASE("A bundle says its version in its first comment", "[http]") {
  CHECK(app::bundle_version("/*!\n * Socket.IO v4.8.4\n * (c) 2014") == "4.8.4");
  CHECK(app::bundle_version("/* Socket.IO v5.0.0-beta.1 */") == "5.0.0-beta.1");
  CHECK(app::bundle_version("{\"version\":3}").empty());
  CHECK(app::bundle_version("").empty());
}

TEST_CASE("A file is read once, whole or not at all", "[http]") {
  app_tests::temporary_dir dir;
  dir.write("a.js", std::string(5'000, 'x'));
  const auto file = app::load_static_file(dir.path("a.js"), 5'000);
  REQUIRE(file.has_value());
  CHECK(file->body.size() == 5'000);
  CHECK(file->gzip.size() < 200);
  CHECK(file->etag.size() == 18);
  CHECK(app::load_static_file(dir.path("a.js"), 4'999).has_error());
  CHECK(app::load_static_file(dir.path("b.js"), 10).error().code == "cannot_read");

  dir.write("small.js", "x");
  const auto small = app::load_static_file(dir.path("small.js"), 10, "7");
  REQUIRE(small.has_value());
  CHECK(small->gzip.empty());
  CHECK(small->etag == "\"7\"");
}

TEST_CASE("Shared files are found below a given directory or not at all", "[http]") {
  app_tests::temporary_dir dir;
  std::filesystem::create_directory(dir.path("demo"));
  CHECK(app::find_share_dir("demo", dir.path()) == dir.path("demo"));
  CHECK(app::find_share_dir("client", dir.path()).empty());
}
