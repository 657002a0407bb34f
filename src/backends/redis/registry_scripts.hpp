#pragma once

#include "backends/redis/script.hpp"

namespace troupe::redis {

/// One Lua script each, so that every call of the registry is one step for all nodes. KEYS are what a call touches, so that a
/// Redis Cluster that moves the slot asks us to come back rather than to begin an empty registry elsewhere; the scripts name
/// them by ARGV[1], which they all begin with: "troupe:{prod}:".
namespace registry_scripts {

/// ARGV: base, id, incarnation, number, record, ttl in ms, number of slots, a generation to begin with.
/// {"ok", generation, version of the slots}, or {"taken"}, {"number", id of its holder}, {"slots", their number}.
const script& renew();
/// ARGV: base, a generation to begin with. {generation, version, {record, ms left, ...}, {slot, "epoch incarnation node", ...},
/// {slot, "node room", ...}}
const script& read();
/// ARGV: base, node, incarnation, then slot, expected ("epoch incarnation node" or ""), least epoch for each claim.
/// For each: 1 or 0, and the slot's record after it.
const script& claim();
/// ARGV: base, id, incarnation. 1 when the record was there, else 0.
const script& remove();
/// ARGV: base, slot, node or "", room. "" when done, else the pin in the way: "node room".
const script& pin();

} // namespace registry_scripts
} // namespace troupe::redis
