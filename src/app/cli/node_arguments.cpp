#include "app/cli/command.hpp"

#include "base/printable.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace troupe::app {
namespace {

std::string first_of(const std::string& given, const std::map<std::string, std::string>& environment,
                     const char* variable, std::string otherwise) {
  if (!given.empty())
    return given;
  const auto found = environment.find(variable);
  return found == environment.end() || found->second.empty() ? std::move(otherwise) : found->second;
}

} // namespace

void node_arguments::add_to(CLI::App& command) {
  command
    .add_option("-u,--url", given_.url,
                fmt::format("The node to ask. Default: $TROUPE_URL, else {}", node_address{}.url))
    ->type_name("URL");
  command
    .add_option("-k,--key", given_.key,
                "One of its auth.api_keys. Default: $TROUPE_API_KEY, which other users of the machine cannot see in the "
                "process list")
    ->type_name("KEY");
  command.add_option("--ca-file", given_.ca_file, "Trust this authority (PEM) for https, instead of the system's")
    ->type_name("FILE");
  command.add_flag("-j,--json", json_, "The node's answer as it came, for programs");
}

node_address node_arguments::address(const std::map<std::string, std::string>& environment) const {
  auto at = given_;
  at.url = first_of(given_.url, environment, "TROUPE_URL", node_address{}.url);
  at.key = first_of(given_.key, environment, "TROUPE_API_KEY", "");
  return at;
}

int report(const error& why) {
  std::fprintf(stderr, "%s: %s\n", why.code.c_str(), printable(why.message).c_str());
  return 1;
}

} // namespace troupe::app
