#include "app/cli/command.hpp"
#include "app/cli/table.hpp"
#include "base/printable.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

namespace troupe::app {
namespace {

using json = nlohmann::ordered_json;

struct doctor_arguments {
  node_arguments node;
  bool check_only = false;
};

std::string kinds_of(const json& counts) {
  std::string out;
  for (const auto& [kind, n] : counts.items())
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", n.dump(), kind);
  return out.empty() ? "-" : out;
}

std::string state_of(const json& node) {
  if (node["problem"].is_string())
    return printable(node["problem"].get<std::string>());
  return node.value("consistent", false) ? "consistent" : "not consistent";
}

void print(const json& answer) {
  std::vector<std::vector<std::string>> rows{
    {"NODE", "STATE", "SOCKETS>", "ROOMS>", "USERS>", "SLOTS>", "DISAGREE>", "MISSING", "TOO MUCH", "REPAIRED>"}};
  for (const auto& n : answer["nodes"])
    rows.push_back({n.value("node", ""), state_of(n), n["sockets"].dump(), n["rooms"].dump(), n["users"].dump(), n["slots"]["owned"].dump(),
                    n["slots"]["disagreeing"].dump(), kinds_of(n["missing"]), kinds_of(n["extra"]), n["repaired"].dump()});
  for (const auto& id : answer["silent"])
    rows.push_back({id.get<std::string>(), "silent", "-", "-", "-", "-", "-", "-", "-", "-"});
  std::fputs(table_text(std::move(rows)).c_str(), stdout);
  for (const auto& n : answer["nodes"])
    for (const auto& id : n["deadNodes"])
      std::puts(("entries of a node that is gone: " + printable(id.get<std::string>())).c_str());
  std::puts(fmt::format("{}; {} entries were wrong, {} repaired", answer.value("consistent", false) ? "consistent" : "NOT consistent",
                        answer["found"].dump(), answer["repaired"].dump())
              .c_str());
}

int doctor(const doctor_arguments& a, const command_context& context) {
  auto at = a.node.address(context.environment);
  at.timeout = duration{60'000}; // two looks, and the slowest node
  const auto answer = ask_node(at, "POST", "/doctor", json{{"repair", !a.check_only}}.dump());
  if (!answer)
    return report(answer.error());
  a.node.show(*answer, print);
  return answer->value("consistent", false) ? 0 : 1;
}

} // namespace

void add_doctor(CLI::App& program, command_context& context) {
  auto a = std::make_shared<doctor_arguments>();
  auto* command = program.add_subcommand("doctor", "Compare Redis with what all nodes have, and repair it");
  a->node.add_to(*command);
  command->add_flag("--check", a->check_only, "Repair nothing");
  command->footer("Slots and their homes, connections, room members, presence, and what dead nodes left. Wrong is what two looks agree\n"
                  "on. Exit code 0: everything is consistent, or was repaired; 1: something is not, a node was silent, or none could\n"
                  "be asked.\n\n"
                  "Examples:\n"
                  "  TROUPE_API_KEY=... troupe doctor\n"
                  "  troupe doctor --url http://chat-1:3001 --key ... --check --json");
  command->callback([a, &context] { context.chosen = [a, &context] { return doctor(*a, context); }; });
}

} // namespace troupe::app
