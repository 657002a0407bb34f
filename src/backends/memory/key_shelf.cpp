#include "backends/memory/key_shelf.hpp"

namespace troupe::memory {

std::size_t key_shelf::write(const std::vector<ports::key_change>& changes, time_point now) {
  forget_expired(now);
  std::size_t commands = 0;
  const ports::key_change* before = nullptr;
  for (const auto& c : changes) {
    const bool together = before && before->at.kind == c.at.kind && before->at.id == c.at.id && before->present == c.present;
    commands += !together;
    before = &c;
    const ports::public_keys::key name{c.at.kind, c.at.id};
    auto& held = keys_[name];
    if (c.present)
      held.members[c.at.member] = c.value;
    else
      held.members.erase(c.at.member);
    if (c.present && c.ttl.count() > 0)
      held.until = now + c.ttl;
    if (held.members.empty())
      keys_.erase(name);
  }
  return commands;
}

ports::key_content key_shelf::read(const ports::public_keys::key& k, time_point now) {
  forget_expired(now);
  const auto held = keys_.find(k);
  return held == keys_.end() ? ports::key_content{} : held->second.members;
}

std::vector<std::string> key_shelf::scan(ports::key_kind kind, time_point now) {
  forget_expired(now);
  std::vector<std::string> ids;
  for (const auto& [name, held] : keys_)
    if (name.first == kind)
      ids.push_back(name.second);
  return ids;
}

bool key_shelf::once(const std::string& what, duration ttl, time_point now) {
  forget_expired(now);
  return done_.try_emplace(what, now + ttl).second;
}

void key_shelf::forget_expired(time_point now) {
  std::erase_if(keys_, [now](const auto& entry) { return entry.second.until <= now; });
  std::erase_if(done_, [now](const auto& entry) { return entry.second <= now; });
}

} // namespace troupe::memory
