#include "app/config/print.hpp"
#include "app/config/schema.hpp"

#include <fmt/format.h>

namespace troupe::app {
namespace {

constexpr std::string_view head = R"(# Configuration

Troupe runs without any configuration: a node on port 3001, open to everybody. A YAML file (JSON is YAML too), environment
variables and the command line change that; later ones win:

1. defaults, as listed below
2. the file: `--config FILE`, else `$TROUPE_CONFIG`, else `troupe.yaml` in the working directory if there is one
3. variables that teams already set, named under "also" below (`REDIS_URL`, `SOCKET_IO_PORT`, ...)
4. variables made from a key: `server.port` is `TROUPE_SERVER_PORT`, `auth.jwt.secret` is `TROUPE_AUTH_JWT_SECRET`
5. `--set server.port=8080`, as often as needed, and the shortcuts `--port` and `--log-level`

```yaml
# troupe.yaml
server:
  port: 8080
cors:
  origins: ["https://chat.example.com"]
auth:
  mode: token
  jwt:
    public_key_file: /etc/troupe/keys.json
```

Lists may be written as one text with commas (`SOCKET_IO_CORS_ORIGIN=https://a.example,https://b.example`); event rules
and other structures are given to a variable or to `--set` as YAML in one line. A variable that is empty counts as not set.
Times are whole numbers, in milliseconds for keys in `_ms` and in seconds for keys in `_s`; sizes are in bytes.

`troupe check-config` lists every mistake at once, each with file, line, key, what was expected and a suggestion;
`troupe serve` does not start with one. `troupe print-config --origins` shows the values in effect and where each came from,
with secrets as `***`. [troupe.example.yaml](../config/troupe.example.yaml) lists every option for copying.

*Below this line the page is generated: `troupe print-config --reference > docs/configuration.md`.*
)";

/// Plain text inside a table cell.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '|')
      out += '\\';
    out += c;
  }
  return out;
}

std::string table_head(std::string_view title) {
  return fmt::format("| {} | default | accepts | what it does |\n| --- | --- | --- | --- |\n", title);
}

std::string section_head(std::string_view section) {
  return fmt::format("\n## {}\n\n{}\n\n{}", section, section_doc(section), table_head("key"));
}

std::string row(std::string_view key, const std::string& value, const std::string& accepts, std::string_view doc) {
  auto shown = value.empty() ? value : fmt::format("`{}`", cell(value));
  return fmt::format("| `{}` | {} | {} | {} |\n", key, shown, cell(accepts), cell(doc));
}

template<class Rule>
std::string rule_section(std::string_view title, std::span<const option<Rule>> keys) {
  std::string out = fmt::format("\n### {}\n\n", title) + table_head("key");
  for (const auto& o : keys)
    out += row(o.key, o.yaml(Rule{}, secrecy::open), o.accepts, o.doc);
  return out;
}

/// What stands below the table of a section.
std::string below(std::string_view section) {
  if (section == "rooms")
    return rule_section("The keys of a room rule", room_rule_schema());
  return section == "events" ? rule_section("The keys of an event rule", event_rule_schema()) : "";
}

} // namespace

std::string print_reference() {
  std::string out{head};
  const config defaults;
  std::string_view section;
  for (const auto& o : schema()) {
    if (auto own = o.key.substr(0, o.key.rfind('.')); own != section) {
      out += below(section);
      section = own;
      out += section_head(section);
    }
    auto doc = std::string{o.doc} + (o.alias.empty() ? "" : fmt::format(" Also: `{}`.", o.alias));
    out += row(o.key, o.yaml(defaults, secrecy::open), o.accepts, doc);
  }
  return out;
}

} // namespace troupe::app
