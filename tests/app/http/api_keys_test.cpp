#include "app/http/api_keys.hpp"
#include "base/log.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using app::api_keys;

namespace {

ports::http_request with(std::string name, std::string value) {
  ports::http_request r;
  r.path = "/api/v1/rooms";
  r.headers.emplace_back(std::move(name), std::move(value));
  return r;
}

unsigned status(const api_keys& keys, const ports::http_request& r) {
  log::set_level(log::level::off);
  const auto refusal = keys.refuse(r);
  return refusal ? refusal->status : 200;
}

} // namespace

TEST_CASE("A key comes as a bearer token or in its own header", "[http]") {
  CHECK(app::key_of(with("authorization", "Bearer abc")) == "abc");
  CHECK(app::key_of(with("authorization", "bearer  abc ")) == "abc");
  CHECK(app::key_of(with("authorization", "Basic abc")).empty());
  CHECK(app::key_of(with("x-api-key", " abc ")) == "abc");
  CHECK(app::key_of(with("x-other", "abc")).empty());
  auto both = with("authorization", "Basic abc");
  both.headers.emplace_back("x-api-key", "def");
  CHECK(app::key_of(both) == "def");
}

TEST_CASE("Any configured key opens, and nothing else does", "[http]") {
  const api_keys keys({"first-key", "second-key"});
  CHECK(status(keys, with("x-api-key", "first-key")) == 200);
  CHECK(status(keys, with("authorization", "Bearer second-key")) == 200);
  CHECK(status(keys, with("x-api-key", "first-ke")) == 403);
  CHECK(status(keys, with("x-api-key", "first-keyy")) == 403);
  CHECK(status(keys, with("x-api-key", "first-key,second-key")) == 403);
  CHECK(status(keys, with("x-api-key", "FIRST-KEY")) == 403);
  CHECK(status(keys, with("x-api-key", "")) == 401);
  CHECK(status(keys, with("accept", "*/*")) == 401);
}

TEST_CASE("Without keys everything stays closed", "[http]") {
  for (const api_keys& keys : {api_keys({}), api_keys({""})}) {
    CHECK(keys.empty());
    CHECK(status(keys, with("x-api-key", "")) == 403);
    CHECK(status(keys, with("x-api-key", "anything")) == 403);
    CHECK(keys.refuse(with("x-api-key", "x"))->body.find("auth.api_keys") != std::string::npos);
  }
}
