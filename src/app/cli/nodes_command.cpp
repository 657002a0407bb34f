#include "app/cli/command.hpp"
#include "app/cli/table.hpp"
#include "base/printable.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

namespace troupe::app {
namespace {

using json = nlohmann::ordered_json;

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "-" : value.dump();
}

/// The worst thing that is known of a node.
std::string state_of(const json& node, bool ready) {
  if (node.value("dead", false))
    return "dead";
  if (node.value("draining", false))
    return "draining";
  if (node.value("self", false))
    return ready ? "ready" : "not ready";
  if (!node.value("linked", false))
    return "not linked";
  return node.value("registryUp", true) ? "ready" : "without Redis";
}

std::string milliseconds(const json& value) {
  return value.is_number() ? fmt::format("{:.1f} ms", value.get<double>()) : "-";
}

std::vector<std::string> row_of(const json& node, bool ready) {
  return {text_of(node["id"]) + (node.value("self", false) ? " *" : ""),
          state_of(node, ready),
          text_of(node["slots"]),
          milliseconds(node["roundTripMs"]),
          milliseconds(node["leaseLeftMs"]),
          text_of(node["address"]),
          text_of(node["url"]),
          text_of(node["version"]),
          text_of(node["incarnation"])};
}

void print(const json& answer) {
  const bool ready = answer.value("ready", false);
  std::vector<std::vector<std::string>> rows{
    {"NODE", "STATE", "SLOTS>", "ROUND TRIP>", "LEASE>", "ADDRESS", "CLIENTS", "VERSION", "INCARNATION"}};
  for (const auto& node : answer["nodes"])
    rows.push_back(row_of(node, ready));
  std::fputs(table_text(std::move(rows)).c_str(), stdout);
  const auto& slots = answer["slots"];
  std::puts(fmt::format("* the node that was asked; {} of {} slots have no home", text_of(slots["withoutHome"]),
                        text_of(slots["total"]))
              .c_str());
  for (const auto& reason : answer["reasons"])
    std::puts(("not ready: " + printable(text_of(reason))).c_str());
}

int nodes(const node_arguments& a, const command_context& context) {
  const auto answer = ask_node(a.address(context.environment), "GET", "/nodes");
  if (!answer)
    return report(answer.error());
  a.show(*answer, print);
  return 0;
}

} // namespace

void add_nodes(CLI::App& program, command_context& context) {
  auto a = std::make_shared<node_arguments>();
  auto* command = program.add_subcommand("nodes", "Show a running node's cluster, as that node sees it");
  a->add_to(*command);
  command->footer("Exit code 0: the node answered; 1: it did not, or refused.\n\n"
                  "Examples:\n"
                  "  TROUPE_API_KEY=... troupe nodes\n"
                  "  troupe nodes --url https://chat-1.example.com --key ... --json");
  command->callback([a, &context] { context.chosen = [a, &context] { return nodes(*a, context); }; });
}

} // namespace troupe::app
