#include "app/cli/command.hpp"
#include "app/cli/table.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

namespace troupe::app {
namespace {

struct rooms_arguments {
  node_arguments node;
  int limit = 100;
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
  if (a.node.json())
    std::puts(answer->dump(2).c_str());
  else
    print(*answer);
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
                  "  TROUPE_API_KEY=... troupe rooms --limit 20");
  command->callback([a, &context] { context.chosen = [a, &context] { return rooms(*a, context); }; });
}

} // namespace troupe::app
