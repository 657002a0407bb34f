#pragma once

#include "backends/redis/script.hpp"

namespace troupe::redis {

/// One Lua script each, so that every call of the registry is one step for all nodes. KEYS[1] is what all its keys begin
/// with, "troupe:{prod}:", which also routes the call in a Redis Cluster.
namespace registry_scripts {

/// ARGV: id, incarnation, number, record, ttl in ms, number of slots, a generation to begin with.
/// {"ok", generation, version of the slots}, or {"taken"}, {"number", id of its holder}, {"slots", their number}.
const script& renew();
/// ARGV: a generation to begin with. {generation, version, {record, ms left, ...}, {slot, "epoch incarnation node", ...}}
const script& read();
/// ARGV: node, incarnation, then slot, expected ("epoch incarnation node" or ""), least epoch for each claim.
/// For each: 1 or 0, and the slot's record after it.
const script& claim();
/// ARGV: id, incarnation. 1 when the record was there, else 0.
const script& remove();

} // namespace registry_scripts
} // namespace troupe::redis
