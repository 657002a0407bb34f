#include "backends/redis/redis_room_log.hpp"

#include "backends/cluster_errors.hpp"
#include "backends/log_rules.hpp"

#include <algorithm>

namespace troupe::redis {
namespace {

using entries = std::vector<ports::log_entry>;

// ARGV: max_entries, ttl in ms, then id and bytes of each entry. {1} when they were taken, else {0, id of the last one}.
// Without entries it says where the log ends, by a write that changes nothing: replicas that have this one have the log.
const script& append_script() {
  static const script s{R"lua(
for i = 3, #ARGV, 2 do
  local said = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], ARGV[i], 'm', ARGV[i + 1])
  if type(said) == 'table' and said.err then
    if i > 3 or not string.find(said.err, 'equal or smaller', 1, true) then return said end
    break
  end
  if i + 1 == #ARGV then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    return {1}
  end
end
if redis.call('EXISTS', KEYS[1]) == 0 then return {0, '0-0'} end
local left = redis.call('PTTL', KEYS[1])
if #ARGV == 2 and left > 0 then redis.call('PEXPIRE', KEYS[1], left) end
local about = redis.call('XINFO', 'STREAM', KEYS[1])
for i = 1, #about, 2 do
  if about[i] == 'last-generated-id' then return {0, about[i + 1]} end
end
return {0, '0-0'}
)lua"};
  return s;
}

// ARGV: the first id that may not be there.
const script& remove_script() {
  static const script s{R"lua(
if redis.call('XLEN', KEYS[1]) == 0 or #redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', 1) > 0 then return 0 end
redis.call('XTRIM', KEYS[1], 'MAXLEN', 0)
return 1
)lua"};
  return s;
}

std::string to_id(ports::log_position at) {
  return std::to_string(at.epoch) + "-" + std::to_string(at.seq);
}

/// The next possible id: XRANGE has no exclusive border before Redis 6.2.
std::string id_after(ports::log_position at) {
  if (at == ports::log_end)
    return "+";
  return to_id(at.seq < UINT64_MAX ? ports::log_position{at.epoch, at.seq + 1} : ports::log_position{at.epoch + 1, 0});
}

ports::log_position from_id(std::string_view id) {
  auto dash = id.find('-');
  return dash == id.npos ? ports::log_position{} : ports::log_position{to_number(id.substr(0, dash)), to_number(id.substr(dash + 1))};
}

/// "nsp#room": readable, and no two rooms share it, since the first # is the border.
std::string readable(std::string_view room) {
  auto border = room.find('\0');
  std::string out;
  for (char c : room.substr(0, border))
    out += c == '#' ? "%23" : c == '%' ? "%25" : std::string(1, c);
  return border == room.npos ? out : out.append("#").append(room.substr(border + 1));
}

/// `read` makes the answer of Redis' and of what else is known.
template<class T, class Read>
auto reading(ports::room_log::answer<T> done, Read read) {
  return [done = std::move(done), read = std::move(read)](result<answer> said, auto... known) {
    if (!said)
      done(log_unavailable(said.error().message));
    else if (said->reply.is_error())
      done(log_unavailable("Redis said: " + said->reply.text));
    else
      done(read(said->reply, known...));
  };
}

/// {{id, {"m", bytes}}, ...}
result<entries> read_entries(reply& r) {
  entries all;
  all.reserve(r.items.size());
  for (auto& e : r.items)
    if (e.is_list(2) && e.items[1].is_list(2))
      all.push_back({from_id(e.items[0].text), std::move(e.items[1].items[1].text)});
  return all;
}

} // namespace

redis_room_log::redis_room_log(std::shared_ptr<client> c, std::string cluster, slot_of slot, std::shared_ptr<replica_groups> replicas) :
  client_(std::move(c)), cluster_(std::move(cluster)), slot_(std::move(slot)), replicas_(std::move(replicas)) {}

void redis_room_log::write(const script& s, std::string key, std::vector<std::string> arguments, replica_groups::done d) {
  if (replicas_)
    replicas_->run(s, std::move(key), std::move(arguments), std::move(d));
  else
    client_->run(s, {std::move(key)}, std::move(arguments), [d = std::move(d)](result<redis::answer> said) { d(std::move(said), false); });
}

std::string redis_room_log::key_of(const std::string& room) const {
  return client_->settings().prefix + "{" + cluster_ + ":" + std::to_string(slot_(room)) + "}:log:" + readable(room);
}

void redis_room_log::append(
  const std::string& room, std::vector<ports::log_entry> added, ports::log_keep keep, answer<ports::appended> done) {
  // Answered in its turn, by way of Redis, as every call: an append of nothing.
  bool in_order = positions_grow(added);
  if (!in_order)
    added.clear();
  auto end = added.empty() ? ports::log_position{} : added.back().at;
  std::vector<std::string> arguments{std::to_string(keep.max_entries), std::to_string(std::max<duration::rep>(keep.ttl.count(), 1))};
  arguments.reserve(2 + 2 * added.size());
  for (auto& e : added) {
    arguments.push_back(to_id(e.at));
    arguments.push_back(std::move(e.bytes));
  }
  const bool asking = added.empty();
  write(
    append_script(), key_of(room), std::move(arguments),
    reading<ports::appended>(std::move(done), [end, in_order, asking](const reply& r, bool on_replicas) -> result<ports::appended> {
      if (!in_order)
        return log_out_of_order();
      if (!r.is_list(1))
        return log_unavailable("Redis gave an answer that is none");
      if (r.items[0].integer == 1)
        return ports::appended{true, end, on_replicas};
      const auto last = r.items.size() > 1 ? from_id(r.items[1].text) : ports::log_position{};
      return ports::appended{false, last, asking && on_replicas && last != ports::log_position{}};
    }));
}

void redis_room_log::read(
  const std::string& room, ports::log_position after, std::size_t limit, answer<entries> done) {
  auto key = key_of(room);
  client_->send(
    {"XRANGE", key, id_after(after), after == ports::log_end ? "-" : "+", "COUNT", std::to_string(limit)}, key,
    reading<entries>(std::move(done), [](reply& r) { return read_entries(r); }));
}

void redis_room_log::tail(
  const std::string& room, ports::log_position before, std::size_t limit, answer<entries> done) {
  auto key = key_of(room);
  // The last possible id before: XREVRANGE has no exclusive border before Redis 6.2. Nothing comes before 0-1.
  bool at_start = before <= ports::log_position{0, 1};
  auto to = before.seq > 0 ? ports::log_position{before.epoch, before.seq - 1} : ports::log_position{before.epoch - 1, UINT64_MAX};
  client_->send(
    {"XREVRANGE", key, at_start ? "-" : before == ports::log_end ? "+" : to_id(to), at_start ? "+" : "-", "COUNT", std::to_string(limit)}, key,
    reading<entries>(std::move(done), [](reply& r) {
      std::reverse(r.items.begin(), r.items.end());
      return read_entries(r);
    }));
}

void redis_room_log::remove(const std::string& room, ports::log_position up_to, answer<bool> done) {
  write(
    remove_script(), key_of(room), {id_after(up_to)},
    reading<bool>(std::move(done), [](const reply& r, bool) -> result<bool> { return r.integer == 1; }));
}

} // namespace troupe::redis
