#pragma once

#include "base/time.hpp"
#include "core/session_ref.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace troupe::room {

/// Who is typing, and until when it is believed. At most one entry per member.
class typing_set {
 public:
  /// True when this is news: the member was not typing before. Otherwise only the deadline moves.
  bool start(session_ref who, time_point until);
  /// True when the member was typing.
  bool stop(session_ref who);
  /// Removes and returns those whose time is over.
  std::vector<session_ref> expire(time_point now);
  std::optional<time_point> next_deadline() const;
  bool empty() const { return until_.empty(); }

 private:
  std::map<session_ref, time_point> until_;
  std::set<std::pair<time_point, session_ref>> order_;
};

} // namespace troupe::room
