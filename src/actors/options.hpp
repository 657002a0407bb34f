#pragma once

#include "actors/room_kind.hpp"
#include "base/time.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/cluster/query_book.hpp"
#include "core/frame/frame_builder.hpp"
#include "core/limits/limits.hpp"
#include "core/presence/presence_options.hpp"
#include "core/room/history_page.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

/// Section `recovery` of the configuration.
struct recovery_options {
  std::vector<std::string> namespaces; ///< where sessions can be recovered; empty: nowhere
  std::size_t max_missed = 1'000;      ///< messages that are made up for at one recovery, per room
  duration refresh{60'000};            ///< a session that is there is saved again this often
  duration patience{10'000};           ///< how long a client waits for its session and its rooms
  /// A message takes less than that from its home's clock to the sessions of a node whose links work.
  duration settling{1'000};
};

/// What the actors are told once, at start. As a kind of room it is that of the rooms that no rule names.
struct options : room_kind {
  limits limit;
  cluster::node_ref me{0, 1};         ///< this life of this node
  std::vector<room_rule> room_rules;  ///< the first that matches counts
  room::history_bounds history;       ///< of one answer
  recovery_options recovery;
  cluster::query_options queries;
  duration query_timeout{5'000};      ///< cluster.query_timeout_ms
  presence::options presence;
  std::size_t max_documents = 10'000; ///< documents.max_documents, on this node
  std::uint16_t node = 0;          ///< goes into socket ids
  bool deflate = false;            ///< engine.per_message_deflate: broadcasts also carry the compressed form
  std::size_t deflate_threshold = 1024;
  unsigned scheduler_threads = 1;  ///< CAF's own pool, for what is not pinned to a shard
};

/// What the actors may not know by themselves. Every function may be called from any shard thread and must not block.
struct surroundings {
  std::function<unix_ms()> wall_clock = wall_clock_now;
  /// Fills `n` bytes; empty: the operating system's generator.
  std::function<void(unsigned char* out, std::size_t n)> random;
  /// Effect `record`: one JSON object for the event log.
  std::function<void(std::string_view topic, std::string_view json)> record_event;
};

} // namespace troupe::actors
