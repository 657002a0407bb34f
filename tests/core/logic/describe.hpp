#pragma once
// Effects as one line of text each, so that tests compare whole tables: nothing an effect carries is left out.

#include "core/logic/effects.hpp"

#include <string>

namespace troupe::logic {

inline std::string text_of(const arguments& args) {
  return "<" + args.json + ">" + (args.attachments.empty() ? "" : " +" + std::to_string(args.attachments.size()));
}

inline std::string text_of(const std::vector<std::string>& names) {
  std::string text = "[";
  for (const auto& name : names)
    text.append(text.size() > 1 ? "," : "").append(name);
  return text + "]";
}

struct describe_effect {
  static std::string flag(bool on, const char* word) { return on ? std::string(" ") + word : ""; }
  static std::string named(const char* what, const std::string& value) {
    return value.empty() ? "" : std::string(" ") + what + "=" + value;
  }

  std::string operator()(const reply& e) const { return "reply " + text_of(e.args); }
  std::string operator()(const emit& e) const {
    return "emit " + e.event + " " + text_of(e.args) + flag(e.is_volatile, "volatile") + flag(!e.compress, "plain");
  }
  std::string operator()(const join& e) const {
    return "join " + e.room + flag(e.announce, "announce") + flag(e.acknowledge, "ack");
  }
  std::string operator()(const leave& e) const {
    return "leave " + e.room + flag(e.announce, "announce") + flag(e.acknowledge, "ack");
  }
  std::string operator()(const list_room_members& e) const { return "members of " + e.room + " " + std::to_string(e.max); }
  std::string operator()(const read_history& e) const {
    const auto at = [](const char* word, const std::optional<room::place>& p) {
      return p ? std::string(" ") + word + " " + std::to_string(p->epoch) + "-" + std::to_string(p->seq) : "";
    };
    return "history of " + e.room + " " + std::to_string(e.what.max) + at("before", e.what.before) + at("after", e.what.after);
  }
  std::string operator()(const publish& e) const {
    return "publish " + e.room + " " + e.event + " " + text_of(e.args) + flag(e.stamp, "stamp")
           + flag(e.include_sender, "self") + flag(e.is_volatile, "volatile") + named("id", e.id)
           + flag(e.acknowledge, "ack") + flag(e.members_only, "members") + flag(e.confirm, "confirm")
           + (e.level == room::safety::home ? std::string() : " level=" + std::string(to_string(e.level)));
  }
  std::string operator()(const broadcast& e) const {
    return "broadcast " + text_of(e.rooms) + " but " + text_of(e.except) + " " + e.event + " " + text_of(e.args)
           + flag(e.include_sender, "self") + flag(e.is_volatile, "volatile");
  }
  std::string operator()(const direct& e) const {
    return "direct " + e.user + " " + e.event + " " + text_of(e.args) + named("id", e.id) + flag(e.acknowledge, "ack");
  }
  std::string operator()(const watch_presence& e) const { return "watch " + text_of(e.users); }
  std::string operator()(const unwatch_presence& e) const { return "unwatch " + text_of(e.users); }
  std::string operator()(const set_status& e) const { return "status " + e.status; }
  std::string operator()(const typing& e) const { return "typing " + e.room + (e.active ? " on" : " off"); }
  std::string operator()(const update_document& e) const {
    return "update " + e.document + " @" + std::to_string(e.base_version) + " " + e.changes;
  }
  std::string operator()(const record& e) const { return "record " + e.topic + " " + e.json; }
  std::string operator()(const disconnect& e) const { return "disconnect" + flag(e.close_transport, "transport"); }
  std::string operator()(const refuse& e) const {
    return (e.silent ? "ignore " : "refuse ") + e.why.code + ": " + e.why.message;
  }
};

/// The effects, joined by "; ".
inline std::string describe(const effects& list) {
  std::string text;
  for (const auto& e : list)
    text.append(text.empty() ? "" : "; ").append(std::visit(describe_effect{}, e));
  return text;
}

} // namespace troupe::logic
