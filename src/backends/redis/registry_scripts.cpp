#include "backends/redis/registry_scripts.hpp"

#include <string>
#include <string_view>

namespace troupe::redis::registry_scripts {
namespace {

// Records are JSON; the two numbers that count are read as text, which keeps every digit.
constexpr const char* common = R"lua(
local base = ARGV[1]
local nodes, numbers, slots = base .. 'nodes', base .. 'numbers', base .. 'slots'
local version = base .. 'slots_version'

local function live(id)
  local record = redis.call('GET', base .. 'node:' .. id)
  if not record then return nil end
  return record, string.match(record, '"incarnation":(%d+)'), string.match(record, '"number":(%d+)')
end

local function leave(number, id, incarnation)
  if number and redis.call('HGET', numbers, number) == incarnation .. ':' .. id then
    redis.call('HDEL', numbers, number)
  end
end

local function generation(fresh)
  redis.call('SET', base .. 'gen', fresh, 'NX')
  return redis.call('GET', base .. 'gen')
end
)lua";

constexpr const char* renew_lua = R"lua(
local id, incarnation, number, record, ttl, slot_count = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]

local count = redis.call('GET', base .. 'slot_count')
if count and count ~= slot_count then return {'slots', count} end

local old, old_incarnation, old_number = live(id)
if old and old_incarnation ~= incarnation then return {'taken'} end

local holder = redis.call('HGET', numbers, number)
if holder and holder ~= incarnation .. ':' .. id then
  local its_incarnation, its_id = string.match(holder, '^(%d+):(.*)$')
  local other, other_incarnation, other_number = live(its_id or '')
  if other and other_incarnation == its_incarnation and other_number == number and its_id ~= id then
    return {'number', its_id}
  end
end

if not count then redis.call('SET', base .. 'slot_count', slot_count) end
if old and old_number ~= number then leave(old_number, id, incarnation) end
redis.call('HSET', numbers, number, incarnation .. ':' .. id)
redis.call('SET', base .. 'node:' .. id, record, 'PX', ttl)
redis.call('SADD', nodes, id)
return {'ok', generation(ARGV[8]), redis.call('GET', version) or '0'}
)lua";

constexpr const char* read_lua = R"lua(
local seen, stale = {}, false
for _, id in ipairs(redis.call('SMEMBERS', nodes)) do
  local record = live(id)
  if record then
    seen[#seen + 1] = record
    seen[#seen + 1] = redis.call('PTTL', base .. 'node:' .. id)
  else
    redis.call('SREM', nodes, id)
    stale = true
  end
end
if stale then
  local held = redis.call('HGETALL', numbers)
  for i = 1, #held, 2 do
    local its_incarnation, its_id = string.match(held[i + 1], '^(%d+):(.*)$')
    local _, now = live(its_id or '')
    if now ~= its_incarnation then redis.call('HDEL', numbers, held[i]) end
  end
end
return {generation(ARGV[2]), redis.call('GET', version) or '0', seen, redis.call('HGETALL', slots),
        redis.call('HGETALL', base .. 'pins')}
)lua";

constexpr const char* claim_lua = R"lua(
local node, incarnation = ARGV[2], ARGV[3]
local answers, changed = {}, 0
for i = 4, #ARGV, 3 do
  local slot, expected, least = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  local now = redis.call('HGET', slots, slot) or ''
  if now == expected then
    local epoch = math.max((tonumber(string.match(now, '^%d+')) or 0) + 1, least)
    now = string.format('%.0f %s %s', epoch, incarnation, node)
    redis.call('HSET', slots, slot, now)
    changed = changed + 1
    answers[#answers + 1] = 1
  else
    answers[#answers + 1] = 0
  end
  answers[#answers + 1] = now
end
if changed > 0 then redis.call('INCRBY', version, changed) end
return answers
)lua";

constexpr const char* remove_lua = R"lua(
local id, incarnation = ARGV[2], ARGV[3]
local record, its_incarnation, number = live(id)
if not record or its_incarnation ~= incarnation then return 0 end
redis.call('DEL', base .. 'node:' .. id)
redis.call('SREM', nodes, id)
leave(number, id, incarnation)
return 1
)lua";

constexpr const char* pin_lua = R"lua(
local slot, node, room = ARGV[2], ARGV[3], ARGV[4]
local held = redis.call('HGET', base .. 'pins', slot)
if held then
  local its_node, its_room = string.match(held, '^(%S*) (.*)$')
  if its_room ~= room and its_node ~= node then return held end
end
if node == '' then
  redis.call('HDEL', base .. 'pins', slot)
else
  redis.call('HSET', base .. 'pins', slot, node .. ' ' .. room)
end
redis.call('INCR', version)
return ''
)lua";

std::string with_common(std::string_view lua) {
  std::string all(common);
  all += lua;
  return all;
}

} // namespace

const script& renew() {
  static const script s{with_common(renew_lua)};
  return s;
}

const script& read() {
  static const script s{with_common(read_lua)};
  return s;
}

const script& claim() {
  static const script s{with_common(claim_lua)};
  return s;
}

const script& remove() {
  static const script s{with_common(remove_lua)};
  return s;
}

const script& pin() {
  static const script s{with_common(pin_lua)};
  return s;
}

} // namespace troupe::redis::registry_scripts
