// Tokens exchanged with another implementation: PyJWT, from Debian's python3-jwt and python3-cryptography.
#include "backends/auth/make_token.hpp"
#include "support.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace auth_tests;

namespace {

const std::string python = "/usr/bin/python3";

bool has_pyjwt() {
  return std::system((python + " -c 'import jwt, cryptography' 2>/dev/null").c_str()) == 0;
}

/// What the command prints, without the line's end; empty when it fails.
std::string output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  std::string out;
  char buffer[4'096];
  while (auto size = std::fread(buffer, 1, sizeof buffer, pipe))
    out.append(buffer, size);
  if (pclose(pipe) != 0)
    return {};
  return out.substr(0, out.find_last_not_of("\r\n") + 1);
}

/// A file that lives as long as the object.
struct temporary_file {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("troupe-interop-" + std::to_string(getpid()));
  explicit temporary_file(const std::string& text) { std::ofstream{path} << text; }
  ~temporary_file() { std::filesystem::remove(path); }
};

std::string
pyjwt(const std::string& action, const std::string& algorithm, const std::string& key, const std::string& what) {
  temporary_file file{key};
  auto script = std::filesystem::path{__FILE__}.parent_path() / "pyjwt.py";
  return output_of(
    python + " '" + script.string() + "' " + action + " " + algorithm + " '" + file.path.string() + "' '" + what + "'");
}

struct keys {
  std::string private_text, public_text;
  auth::key signing;
  auth::key_set checking;
};

keys keys_for(const std::string& algorithm) {
  if (algorithm == "HS256")
    return {"short", "short", auth::secret_key("short"), {auth::secret_key("short")}};
  const auto& pair = algorithm == "RS256" ? rsa() : ec();
  return {pair.private_pem, pair.public_pem, *auth::private_key(pair.private_pem), *auth::public_keys(pair.public_pem)};
}

} // namespace

TEST_CASE("tokens made by PyJWT are accepted") {
  if (!has_pyjwt())
    SKIP("python3-jwt and python3-cryptography are not installed");
  std::string algorithm = GENERATE("HS256", "RS256", "ES256");
  CAPTURE(algorithm);
  auto k = keys_for(algorithm);
  auto token = pyjwt("sign", algorithm, k.private_text, R"({"userId":"ann","role":"producer","exp":1700000060})");
  REQUIRE_FALSE(token.empty());
  auto who = show(auth::jwt_authenticator{k.checking, {}}, token);
  REQUIRE(who.has_value());
  CHECK(who->user_id == "ann");
  CHECK(who->roles == std::vector<std::string>{"producer"});
}

TEST_CASE("PyJWT accepts the tokens made here") {
  if (!has_pyjwt())
    SKIP("python3-jwt and python3-cryptography are not installed");
  std::string algorithm = GENERATE("HS256", "RS256", "ES256");
  CAPTURE(algorithm);
  auto k = keys_for(algorithm);
  auth::token_request request;
  request.user = "ann";
  request.roles = {"admin"};
  request.now = wall_clock_now();
  auto token = auth::make_token(request, k.signing);
  REQUIRE(token.has_value());
  auto seconds = request.now / 1'000;
  auto expected = R"({"exp": )" + std::to_string(seconds + 3'600) + R"(, "iat": )" + std::to_string(seconds)
                  + R"(, "role": "admin", "userId": "ann"})";
  CHECK(pyjwt("check", algorithm, k.public_text, *token) == expected);
}
