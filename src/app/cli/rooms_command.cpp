#include "app/cli/command.hpp"
#include "app/cli/table.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cstdio>
#include <memory>

namespace troupe::app {
namespace {

struct rooms_arguments {
  node_arguments node;
  int limit = 100;
  std::string room, to, nsp = "/"; ///< of `pin`
};

void print(const nlohmann::ordered_json& answer) {
  std::vector<std::vector<std::string>> rows{{"ROOM", "NAMESPACE", "MEMBERS>", "SEQ>"}};
  for (const auto& r : answer["rooms"])
    rows.push_back({r.value("room", ""), r.value("namespace", ""), r["members"].dump(), r["seq"].dump()});
  const auto shown = rows.size() - 1;
  std::fputs(table_text(std::move(rows)).c_str(), stdout);
  std::puts(fmt::format("{} of {} rooms on this node", shown, answer["total"].dump()).c_str());
}

int rooms(const rooms_arguments& a, const command_context& context) {
  const auto answer = ask_node(a.node.address(context.environment), "GET", fmt::format("/rooms?limit={}", a.limit));
  if (!answer)
    return report(answer.error());
  a.node.show(*answer, print);
  return 0;
}

std::string percent_encoded(const std::string& text) {
  std::string out;
  for (const unsigned char c : text)
    out += std::isalnum(c) || c == '-' || c == '_' || c == '.' ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  return out;
}

/// An empty `node` unpins.
int pin(const rooms_arguments& a, const command_context& context, const std::string& node) {
  const auto path = "/rooms/" + percent_encoded(a.room) + (node.empty() ? "/unpin" : "/pin");
  nlohmann::ordered_json body{{"namespace", a.nsp}};
  if (!node.empty())
    body["node"] = node;
  const auto answer = ask_node(a.node.address(context.environment), "POST", path, body.dump());
  if (!answer)
    return report(answer.error());
  if (a.node.json())
    std::puts(answer->dump(2).c_str());
  else if (node.empty())
    std::puts(fmt::format("slot {} is not pinned any more", (*answer)["slot"].dump()).c_str());
  else
    std::puts(fmt::format("slot {}, in which the room lives, is pinned to {}", (*answer)["slot"].dump(), node).c_str());
  if (answer->contains("warning") && !a.node.json())
    std::fprintf(stderr, "%s\n", answer->value("warning", "").c_str());
  return 0;
}

} // namespace

void add_rooms(CLI::App& program, command_context& context) {
  auto a = std::make_shared<rooms_arguments>();
  auto* command = program.add_subcommand("rooms", "List the rooms of a running node");
  a->node.add_to(*command);
  command->add_option("-n,--limit", a->limit, "At most so many, 1 to 1000")
    ->type_name("N")
    ->capture_default_str()
    ->check(CLI::Range(1, 1'000));
  command->footer("Rooms that have members on this node, or whose messages it orders, in no particular order.\n\n"
                  "Examples:\n"
                  "  TROUPE_API_KEY=... troupe rooms --limit 20\n"
                  "  troupe rooms pin lobby chat-1 --key ...; troupe rooms unpin lobby --key ...");
  command->callback([a, command, &context] {
    if (command->get_subcommands().empty())
      context.chosen = [a, &context] { return rooms(*a, context); };
  });
  auto* pins = command->add_subcommand("pin", "Have the slot of a room live on a node, as long as that lives")->fallthrough();
  auto* unpins = command->add_subcommand("unpin", "Let it live where it would by itself")->fallthrough();
  for (auto* one : {pins, unpins}) {
    one->add_option("room", a->room, "Name of the room")->required();
    one->add_option("--namespace", a->nsp, "Its namespace")->capture_default_str();
  }
  pins->add_option("node", a->to, "server.node_id of the node")->required();
  pins->callback([a, &context] { context.chosen = [a, &context] { return pin(*a, context, a->to); }; });
  unpins->callback([a, &context] { context.chosen = [a, &context] { return pin(*a, context, {}); }; });
}

} // namespace troupe::app
