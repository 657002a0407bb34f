#include "backends/redis/redis_public_keys.hpp"

#include "backends/cluster_errors.hpp"

#include <algorithm>
#include <utility>

namespace troupe::redis {
namespace {

using ports::key_change;
using ports::key_content;
using ports::key_kind;

constexpr const char* scanned_at_once = "1000";
/// A command does not hold Redis up for longer than this many members take.
constexpr std::size_t members_a_command = 500;

/// Waits for the answers of several commands; the last one ends it, the first error decides.
template<class T>
struct gathered {
  std::size_t left = 0;
  T value{};
  std::string why;
  bool failed = false;
  ports::public_keys::answer<T> done;

  /// `take` gets the reply if there is one.
  template<class Take>
  void add(const result<answer>& said, Take take) {
    if (!said || said->reply.is_error())
      fail(!said ? said.error().message : "Redis said: " + said->reply.text);
    else if (!failed)
      take(said->reply);
    if (--left == 0)
      finish();
  }
  void fail(std::string reason) {
    if (!std::exchange(failed, true))
      why = std::move(reason);
  }
  void finish() {
    if (failed)
      done(keys_unavailable(why));
    else
      done(std::move(value));
  }
};

bool is_text(key_kind k) { return k == key_kind::presence; }

/// The beginning of the command that makes such a change; members follow.
command verb_of(const key_change& c, const std::string& key) {
  switch (c.at.kind) {
    case key_kind::connections: return {c.present ? "HSET" : "HDEL", key};
    case key_kind::typing: return {c.present ? "ZADD" : "ZREM", key};
    case key_kind::presence:
      return c.present ? command{"SET", key, c.value, "PX", std::to_string(std::max<std::int64_t>(c.ttl.count(), 1))} : command{"DEL", key};
    default: return {c.present ? "SADD" : "SREM", key};
  }
}

void append_member(command& to, const key_change& c) {
  if (is_text(c.at.kind))
    return;
  if (c.at.kind == key_kind::typing && c.present)
    to.push_back(c.value);
  to.push_back(c.at.member);
  if (c.at.kind == key_kind::connections && c.present)
    to.push_back(c.value);
}

command read_command(key_kind k, std::string key) {
  switch (k) {
    case key_kind::connections: return {"HGETALL", std::move(key)};
    case key_kind::typing: return {"ZRANGE", std::move(key), "0", "-1", "WITHSCORES"};
    case key_kind::presence: return {"GET", std::move(key)};
    default: return {"SMEMBERS", std::move(key)};
  }
}

key_content content_of(key_kind k, const reply& r) {
  key_content content;
  if (is_text(k)) {
    if (r.is == reply::kind::text)
      content.emplace("", r.text);
  } else if (k == key_kind::connections || k == key_kind::typing) {
    for (std::size_t i = 0; i + 1 < r.items.size(); i += 2)
      content.emplace(r.items[i].text, r.items[i + 1].text);
  } else {
    for (const auto& member : r.items)
      content.emplace(member.text, "");
  }
  return content;
}

/// For MATCH: nothing in it stands for anything else.
std::string literal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("*?[]^-\\").find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

} // namespace

redis_public_keys::redis_public_keys(std::shared_ptr<client> c, std::string prefix) :
  client_(std::move(c)), prefix_(std::move(prefix)) {}

void redis_public_keys::write(std::vector<key_change> changes, answer<std::size_t> done) {
  std::vector<std::pair<command, std::string>> commands; // and their keys
  const key_change* before = nullptr;
  std::size_t members = 0;
  const auto end_key = [&] { // of the changes before: the whole key's expiry
    if (before && before->at.kind == key_kind::typing && before->present)
      commands.push_back({{"PEXPIRE", full(key_kind::typing, before->at.id), std::to_string(before->ttl.count())}, full(key_kind::typing, before->at.id)});
  };
  for (const auto& c : changes) {
    const bool together = before && !is_text(c.at.kind) && before->at.kind == c.at.kind && before->at.id == c.at.id &&
                          before->present == c.present && members < members_a_command;
    if (!together) {
      end_key();
      auto name = full(c.at.kind, c.at.id);
      commands.push_back({verb_of(c, name), name});
      members = 0;
    }
    append_member(commands.back().first, c);
    ++members;
    before = &c;
  }
  end_key();
  if (commands.empty())
    return done(std::size_t{0});
  auto all = std::make_shared<gathered<std::size_t>>();
  all->left = all->value = commands.size();
  all->done = std::move(done);
  for (auto& [parts, name] : commands)
    client_->send(std::move(parts), std::move(name), [all](const result<redis::answer>& said) { all->add(said, [](const reply&) {}); });
}

void redis_public_keys::read(std::vector<key> keys, answer<std::vector<key_content>> done) {
  if (keys.empty())
    return done(std::vector<key_content>{});
  auto all = std::make_shared<gathered<std::vector<key_content>>>();
  all->left = keys.size();
  all->value.resize(keys.size());
  all->done = std::move(done);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    auto name = full(keys[i].first, keys[i].second);
    client_->send(read_command(keys[i].first, name), name, [all, i, kind = keys[i].first](const result<redis::answer>& said) {
      all->add(said, [&](const reply& r) { all->value[i] = content_of(kind, r); });
    });
  }
}

struct redis_public_keys::scanning {
  std::string stem, suffix, pattern;
  std::vector<std::string> ids;
  answer<std::vector<std::string>> done;
};

void redis_public_keys::scan(key_kind kind, answer<std::vector<std::string>> done) {
  auto s = std::make_shared<scanning>();
  s->stem = prefix_ + std::string(cluster::key_stem(kind));
  s->suffix = cluster::key_suffix(kind);
  s->pattern = literal(s->stem) + "*" + literal(s->suffix);
  s->done = std::move(done);
  scan_on(*client_, std::move(s), "0");
}

/// Answers come on the client's thread, which ends before the client does; what it cannot answer any more is an error.
void redis_public_keys::scan_on(client& c, std::shared_ptr<scanning> s, const std::string& cursor) {
  command next{"SCAN", cursor, "MATCH", s->pattern, "COUNT", scanned_at_once};
  c.send(std::move(next), {}, [&c, s](const result<redis::answer>& said) {
    if (!said || !said->reply.is_list(2))
      return s->done(keys_unavailable(!said ? said.error().message : "Redis said: " + said->reply.text));
    for (const auto& found : said->reply.items[1].items)
      if (found.text.size() >= s->stem.size() + s->suffix.size())
        s->ids.push_back(found.text.substr(s->stem.size(), found.text.size() - s->stem.size() - s->suffix.size()));
    const auto& next_cursor = said->reply.items[0].text;
    if (next_cursor != "0")
      return scan_on(c, s, next_cursor);
    std::sort(s->ids.begin(), s->ids.end());
    s->ids.erase(std::unique(s->ids.begin(), s->ids.end()), s->ids.end());
    s->done(std::move(s->ids));
  });
}

void redis_public_keys::once(const std::string& what, duration ttl, answer<bool> done) {
  const auto name = prefix_ + "once:" + what;
  client_->send({"SET", name, "1", "NX", "PX", std::to_string(ttl.count())}, name, [done = std::move(done)](const result<redis::answer>& said) {
    if (!said || said->reply.is_error())
      done(keys_unavailable(!said ? said.error().message : "Redis said: " + said->reply.text));
    else
      done(said->reply.is != reply::kind::nil);
  });
}

} // namespace troupe::redis
