#include "stage.hpp"

#include <random>
#include <set>

using namespace troupe::logic;

namespace {

using generator = std::mt19937;

std::size_t below(generator& g, std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(g); }

/// Words that the events look for, odd spellings of them, and odd strings.
std::string some_string(generator& g) {
  static const std::vector<std::string> words{
    R"("room")", R"("roomId")", R"("to")", R"("content")", R"("id")", R"("message")", R"("typing")", R"("documentId")",
    R"("changes")", R"("version")", R"("action")", R"("event")", R"("data")", R"("from")", R"("seq")", R"("lobby")",
    R"("d1")", R"("")", R"("a\u0000b")", R"("\ud800")", R"("fr\u006fm")", R"("\\\"")", R"("connect")", R"("status")",
    "\"" + std::string(300, 'x') + "\""};
  return words[below(g, words.size())];
}

std::string some_scalar(generator& g) {
  static const std::vector<std::string> scalars{"null", "true", "false", "0", "-1", "1e400", "1.5", "123456789012345678901"};
  return below(g, 2) == 0 ? some_string(g) : scalars[below(g, scalars.size())];
}

std::string some_value(generator& g, int depth) {
  const std::size_t shape = depth == 0 ? 0 : below(g, 3);
  if (shape == 0)
    return some_scalar(g);
  std::string text = shape == 1 ? "[" : "{";
  for (std::size_t i = 0, n = below(g, 5); i < n; ++i) {
    text.append(i ? "," : "").append(below(g, 4) == 0 ? " " : "");
    if (shape == 2)
      text.append(some_string(g)).append(":");
    text.append(some_value(g, depth - 1));
  }
  return text + (shape == 1 ? "]" : "}");
}

/// The arguments of most events: an array with an object in front.
std::string some_arguments(generator& g) {
  std::string text = "[";
  for (std::size_t i = 0, n = below(g, 3); i < n; ++i)
    text.append(i ? "," : "").append(some_value(g, 3));
  return text + "]";
}

std::string closed(const publish& p) { return p.stamp ? p.args.json + R"(,"ts":1,"seq":1})" : p.args.json; }
std::string closed(const direct& d) { return d.args.json + R"(,"ts":1,"seq":1})"; }

/// Everything that would go out must be valid JSON once the room has put its stamp on.
struct leaves_valid_json {
  static bool list(const std::string& args) { return troupe::json::valid("[" + args + "]"); }
  bool operator()(const publish& e) const { return list(closed(e)) && !e.room.empty() && !e.event.empty(); }
  bool operator()(const direct& e) const { return list(closed(e)) && !e.user.empty() && !e.id.empty(); }
  bool operator()(const reply& e) const { return list(e.args.json); }
  bool operator()(const emit& e) const { return list(e.args.json); }
  bool operator()(const broadcast& e) const { return list(e.args.json); }
  bool operator()(const record& e) const { return troupe::json::valid(e.json); }
  bool operator()(const update_document& e) const { return troupe::json::valid(e.changes); }
  bool operator()(const refuse& e) const { return !e.why.code.empty() && !e.why.message.empty(); }
  bool operator()(const join& e) const { return !e.room.empty() && e.room.find('\0') == e.room.npos; }
  template <class T> bool operator()(const T&) const { return true; }
};

stage everything() {
  stage on;
  on.socket.who.roles = {"producer"};
  event_rule to_room, plain, to_user, all;
  to_room.name = "rule:room";
  plain.name = "rule:plain";
  plain.stamp = false;
  to_user.name = "rule:user";
  to_user.to = "user";
  all.name = "rule:all";
  all.to = "namespace";
  all.log_topic = "t";
  on.rules = {to_room, plain, to_user, all};
  return on;
}

} // namespace

TEST_CASE("any valid JSON as arguments: no exception, and only valid JSON leaves") {
  stage on = everything();
  builtin_logic logic(on.settings, on.names, on.rules);
  std::vector<std::string> names{"rule:room", "rule:plain", "rule:user", "rule:all"};
  names.insert(names.end(), builtin_events().begin(), builtin_events().end());
  generator g(20'240'601);
  std::set<std::size_t> seen;
  for (int i = 0; i < 60'000; ++i) {
    const std::string name = names[below(g, names.size())];
    const std::string args = some_arguments(g);
    const effects asked = logic.on_event(on.socket, {name, args, on.attachments, true, 1000});
    bool fine = !asked.empty();
    for (const effect& e : asked) {
      fine = fine && std::visit(leaves_valid_json{}, e);
      seen.insert(e.index());
    }
    if (!fine) {
      INFO(name << " " << args << " -> " << describe(asked));
      FAIL();
    }
  }
  CHECK(seen.size() >= 10); // the arguments reach past the checks, not only into refusals
}
