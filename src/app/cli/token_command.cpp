#include "app/authentication.hpp"
#include "app/cli/command.hpp"
#include "backends/auth/make_token.hpp"

#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

namespace troupe::app {
namespace {

struct token_arguments {
  config_arguments config;
  std::string user, tenant, expires = "1h", secret, key_file, key_id;
  std::vector<std::string> roles, permissions;
};

constexpr std::int64_t max_lifetime_s = 100LL * 365 * 86'400;

/// "90", "90s", "15m", "1h" or "30d"; nothing when it is not one of these or not positive.
std::optional<std::chrono::seconds> parse_lifetime(const std::string& text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  auto [rest, failure] = std::from_chars(text.data(), end, count);
  std::string_view unit{rest, static_cast<std::size_t>(end - rest)};
  std::int64_t seconds = unit.empty() || unit == "s" ? 1
                         : unit == "m"               ? 60
                         : unit == "h"               ? 3'600
                         : unit == "d"               ? 86'400
                                                     : 0;
  if (failure != std::errc{} || seconds == 0 || count <= 0 || count > max_lifetime_s / seconds)
    return std::nullopt;
  return std::chrono::seconds{count * seconds};
}

std::string refuse_lifetime(const std::string& text) {
  return parse_lifetime(text) ? "" : "expected a time such as 90s, 15m, 1h or 30d";
}

result<auth::key> signing_key(const token_arguments& a, const jwt_config& configured) {
  if (!a.key_file.empty()) {
    std::ifstream file{a.key_file, std::ios::binary};
    if (!file)
      return error{"invalid_key", "the file " + a.key_file + " cannot be read"};
    return auth::private_key(std::string{std::istreambuf_iterator<char>{file}, {}});
  }
  const auto& secret = a.secret.empty() ? configured.secret : a.secret;
  if (secret.empty())
    return error{
      "invalid_key", "nothing to sign with: give --key-file or --secret, or set auth.jwt.secret (AUTH_SECRET)"};
  return auth::secret_key(secret);
}

int make(const token_arguments& a, const command_context& context) {
  auto configuration = a.config.load(context.environment);
  if (!configuration)
    return exit_usage;
  const auto& jwt = configuration->values.auth.jwt;
  auth::token_request request{
    a.user,
    a.tenant,
    a.roles,
    a.permissions,
    jwt.issuer,
    jwt.audience,
    wall_clock_now(),
    *parse_lifetime(a.expires),
    claim_names_of(jwt)};
  auto key = signing_key(a, jwt);
  if (key && !a.key_id.empty())
    key->id = a.key_id;
  auto token = key ? auth::make_token(request, *key) : result<std::string>{key.error()};
  if (!token) {
    std::fprintf(stderr, "%s\n", token.error().message.c_str());
    return 1;
  }
  std::puts(token->c_str());
  return 0;
}

void add_options(CLI::App& command, token_arguments& a) {
  command.add_option("-u,--user", a.user, "User id")->required()->type_name("ID");
  command.add_option("-t,--tenant", a.tenant, "Tenant")->type_name("ID");
  command.add_option("-r,--role", a.roles, "Role, such as user, producer or admin; repeatable")
    ->type_name("NAME")
    ->allow_extra_args(false);
  command.add_option("--permission", a.permissions, "Permission; repeatable")
    ->type_name("NAME")
    ->allow_extra_args(false);
  command.add_option("-e,--expires", a.expires, "Valid for this long: 90s, 15m, 1h, 30d")
    ->type_name("TIME")
    ->capture_default_str()
    ->check(CLI::Validator{refuse_lifetime, "", ""});
  auto* secret = command.add_option(
    "--secret", a.secret,
    "Sign with this secret (HS256). Other users of the machine can see it in the process list; AUTH_SECRET is safer");
  secret->type_name("TEXT");
  command.add_option("--key-file", a.key_file, "Sign with this private key, PEM or JWK (RSA: RS256, EC P-256: ES256)")
    ->type_name("FILE")
    ->excludes(secret);
  command.add_option("--key-id", a.key_id, "The `kid` of the token, to pick the key from a set")->type_name("ID");
}

} // namespace

void add_token(CLI::App& program, command_context& context) {
  auto a = std::make_shared<token_arguments>();
  auto* command = program.add_subcommand("token", "Make a JSON Web Token for a client");
  a->config.add_to(*command);
  add_options(*command, *a);
  command->footer(
    "Signs with auth.jwt.secret of the configuration unless --secret or --key-file is given; issuer, audience and the "
    "names\n"
    "of the claims are the configuration's.\n\n"
    "Examples:\n"
    "  AUTH_SECRET=... troupe token --user ann\n"
    "  troupe token --config troupe.yaml --user webhooks --role producer --expires 30d\n"
    "  troupe token --key-file private.pem --key-id 2024-06 --user ann --tenant acme --permission orders:read");
  command->callback([a, &context] { context.chosen = [a, &context] { return make(*a, context); }; });
}

} // namespace troupe::app
