#include "backends/redis/redis_offline_store.hpp"

#include "backends/cluster_errors.hpp"

namespace troupe::redis {
namespace {

// KEYS: the queue, the name. ARGV: ttl, most messages, most bytes, for how long the name is known (0: there is none), the message's
// bytes, then fields and values. {1, dropped}, or {0} when the name is known.
// `t` is the sum of all bytes that were ever added, so what is there now is a difference (too much where younger ones were removed
// before older ones; that ends with the older ones).
const script& push_script() {
  static const script s{R"lua(
if ARGV[4] ~= '0' and not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[4]) then return {0} end
local clock = redis.call('TIME')
local oldest = clock[1] * 1000 + math.floor(clock[2] / 1000) - tonumber(ARGV[1])
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local total = (last and tonumber(last[2][2]) or 0) + tonumber(ARGV[5])
local dropped = 0
while true do
  local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  if not first then break end
  local old = tonumber(string.match(first[1], '^%d+')) <= oldest
  local bytes = total - tonumber(first[2][2]) + tonumber(first[2][4])
  if not old and redis.call('XLEN', KEYS[1]) < tonumber(ARGV[2]) and bytes <= tonumber(ARGV[3]) then break end
  redis.call('XDEL', KEYS[1], first[1])
  if not old then dropped = dropped + 1 end
end
local entry = {'XADD', KEYS[1], '*', 't', string.format('%.0f', total), 'b', ARGV[5]}
for i = 6, #ARGV do entry[#entry + 1] = ARGV[i] end
redis.call(unpack(entry))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return {1, dropped}
)lua"};
  return s;
}

// KEYS: the queue, its devices. ARGV: ttl, most messages. {entries, {device, id, ...}}
const script& read_script() {
  static const script s{R"lua(
local clock = redis.call('TIME')
local oldest = clock[1] * 1000 + math.floor(clock[2] / 1000) - tonumber(ARGV[1])
return {redis.call('XRANGE', KEYS[1], string.format('%.0f', math.max(oldest, 0)), '+', 'COUNT', ARGV[2]),
  redis.call('HGETALL', KEYS[2])}
)lua"};
  return s;
}

// ARGV: ids.
const script& remove_script() {
  static const script s{R"lua(
local n = redis.call('XDEL', KEYS[1], unpack(ARGV))
if redis.call('XLEN', KEYS[1]) == 0 then redis.call('DEL', KEYS[1]) end
return n
)lua"};
  return s;
}

// KEYS: the devices. ARGV: device, id, most devices, ttl.
const script& mark_script() {
  static const script s{R"lua(
local function is_before(a, b)
  local am, as = string.match(a, '^(%d+)%-(%d+)$')
  local bm, bs = string.match(b, '^(%d+)%-(%d+)$')
  if not am or not bm then return not am end
  if am ~= bm then return tonumber(am) < tonumber(bm) end
  return tonumber(as) < tonumber(bs)
end
local last = redis.call('HGET', KEYS[1], ARGV[1])
if last and not is_before(last, ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[3]) then
  local all = redis.call('HGETALL', KEYS[1])
  local oldest = 1
  for i = 3, #all, 2 do
    if is_before(all[i + 1], all[oldest + 1]) then oldest = i end
  end
  redis.call('HDEL', KEYS[1], all[oldest])
end
return 1
)lua"};
  return s;
}

template <class T, class Read>
client::done reading(ports::offline_store::answer<T> done, Read read) {
  return [done = std::move(done), read = std::move(read)](result<answer> said) {
    if (!said)
      done(offline_unavailable(said.error().message));
    else if (said->reply.is_error())
      done(offline_unavailable("Redis said: " + said->reply.text));
    else
      done(read(said->reply));
  };
}

std::string devices_of(const std::string& queue) { return "{" + queue + "}:devices"; }

/// {id, {field, value, ...}}
ports::waiting read_entry(reply& e) {
  ports::waiting w;
  w.id = std::move(e.items[0].text);
  auto& fields = e.items[1].items;
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    auto& value = fields[i + 1].text;
    if (fields[i].text == "n")
      w.nsp = std::move(value);
    else if (fields[i].text == "e")
      w.data = std::move(value);
    else if (fields[i].text == "a")
      w.attachments.push_back(std::move(value));
  }
  return w;
}

} // namespace

redis_offline_store::redis_offline_store(std::shared_ptr<client> c, std::string prefix)
  : client_(std::move(c)), prefix_(std::move(prefix)) {}

/// Without braces, as these would say what part of a key a Redis Cluster goes by.
std::string redis_offline_store::key_of(const std::string& user) const {
  std::string key;
  for (char c : prefix_ + "offline:" + user)
    key += c == '{' ? "%7B" : c == '}' ? "%7D" : c == '%' ? "%25" : std::string(1, c);
  return key;
}

void redis_offline_store::push(const std::string& user, ports::waiting what, const ports::queue_bounds& most, answer<ports::pushed> done) {
  const auto key = key_of(user);
  const auto known_for = what.name.empty() ? duration(0) : most.known_for;
  std::vector<std::string> arguments{std::to_string(std::max<duration::rep>(most.ttl.count(), 1)), std::to_string(most.max_messages),
                                     std::to_string(most.max_bytes), std::to_string(known_for.count()), std::to_string(what.bytes())};
  arguments.insert(arguments.end(), {"n", std::move(what.nsp), "e", std::move(what.data)});
  for (auto& a : what.attachments)
    arguments.insert(arguments.end(), {"a", std::move(a)});
  client_->run(push_script(), {key, "{" + key + "}:" + what.name}, std::move(arguments),
               reading<ports::pushed>(std::move(done), [](const reply& r) -> result<ports::pushed> {
                 if (!r.is_list(1))
                   return offline_unavailable("Redis gave an answer that is none");
                 return ports::pushed{r.items[0].integer == 0, r.items.size() > 1 ? static_cast<std::size_t>(r.items[1].integer) : 0};
               }));
}

void redis_offline_store::read(const std::string& user, const ports::queue_bounds& most, answer<ports::queue_content> done) {
  const auto key = key_of(user);
  client_->run(read_script(), {key, devices_of(key)}, {std::to_string(most.ttl.count()), std::to_string(most.max_messages)},
               reading<ports::queue_content>(std::move(done), [](reply& r) -> result<ports::queue_content> {
                 if (!r.is_list(2))
                   return offline_unavailable("Redis gave an answer that is none");
                 ports::queue_content all;
                 for (auto& e : r.items[0].items)
                   if (e.is_list(2) && e.items[1].is_list(0))
                     all.messages.push_back(read_entry(e));
                 auto& had = r.items[1].items;
                 for (std::size_t i = 0; i + 1 < had.size(); i += 2)
                   all.had[had[i].text] = had[i + 1].text;
                 return all;
               }));
}

void redis_offline_store::mark(const std::string& user, const std::string& device, const std::string& id, const ports::queue_bounds& most,
                               answer<bool> done) {
  client_->run(mark_script(), {devices_of(key_of(user))},
               {device, id, std::to_string(most.max_devices), std::to_string(std::max<duration::rep>(most.ttl.count(), 1))},
               reading<bool>(std::move(done), [](const reply& r) -> result<bool> { return r.integer == 1; }));
}

void redis_offline_store::remove(const std::string& user, std::vector<std::string> ids, answer<std::size_t> done) {
  if (ids.empty())
    return done(std::size_t{0});
  client_->run(remove_script(), {key_of(user)}, std::move(ids),
               reading<std::size_t>(std::move(done), [](const reply& r) -> result<std::size_t> { return static_cast<std::size_t>(r.integer); }));
}

} // namespace troupe::redis
