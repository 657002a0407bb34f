#pragma once

#include "base/error.hpp"
#include "core/room/room_options.hpp"
#include "core/room/typing_set.hpp"
#include "core/session_ref.hpp"
#include "core/socket_name.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe::room {

struct member {
  session_ref session;
  socket_name socket;
  bool announced = false; ///< the others were told of the join and will be told of the leave
  std::string user;
};

struct joined {
  bool added = false;    ///< false: was a member already
  bool announce = false; ///< tell the others
  std::size_t members = 0;
};

struct left {
  std::optional<member> gone; ///< nothing: was no member
  bool announce = false;
  bool was_typing = false;
};

struct time_passed {
  std::vector<member> stopped_typing;
  bool idle = false; ///< nobody has been here for `idle_timeout`
};

/// The rules of a room's members on this node: who they are, by shard, who may speak, who types, when it is empty. No I/O, no clock.
/// Order, history and the document are core/cluster/room_replica.hpp's. The caller sends what the results say; results that are
/// errors carry the code for the client.
class room_model {
 public:
  room_model(std::string name, const options& o, std::size_t shards, time_point now);

  /// `announce`: the joiner wants to be announced; the room decides. Errors: `room_full`.
  result<joined> on_join(member who, bool announce, time_point now);
  /// `announce`: tell the others although the join was silent.
  left on_leave(session_ref who, bool announce, time_point now);

  /// Whether this may be published. `sender` is nothing for the API. Errors: `not_in_room`.
  result<bool> on_publish(std::optional<session_ref> sender, bool members_only, time_point now);

  /// True when the others must be told. Errors: `not_in_room`.
  result<bool> on_typing(session_ref who, bool active, time_point now);

  /// Whether the member may update the document on top of version `base`. Errors: `not_in_room`, `invalid_payload` (a version that
  /// no JSON number holds).
  result<bool> on_document(session_ref who, std::uint64_t base, time_point now);

  /// Somebody needs the room: its idle time begins anew.
  void touch(time_point now) { last_used_ = now; }
  time_passed on_time(time_point now);
  /// When `on_time` has something to do, unless something else happens first.
  std::optional<time_point> next_deadline() const;

  const std::string& name() const { return name_; }
  const member* find(session_ref who) const;
  std::size_t size() const { return members_.size(); }
  /// Members on each shard.
  const std::vector<std::uint32_t>& by_shard() const { return by_shard_; }
  const auto& members() const { return members_; }

 private:
  struct ref_hash {
    std::size_t operator()(session_ref r) const {
      const auto place = (std::uint64_t{r.shard} << 32 | r.slot) * 0x9e3779b97f4a7c15ull;
      return static_cast<std::size_t>(place ^ (place >> 29) ^ r.generation);
    }
  };
  error not_in_room() const;

  std::string name_;
  const options* options_;
  std::unordered_map<session_ref, member, ref_hash> members_;
  std::vector<std::uint32_t> by_shard_;
  std::unique_ptr<typing_set> typing_;                  ///< made by the first who types
  time_point last_used_;
};

} // namespace troupe::room
