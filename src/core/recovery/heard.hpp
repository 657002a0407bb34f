#pragma once
// Up to when this node has heard what the homes on other nodes have placed: no event may claim that more has settled.

#include "base/time.hpp"

#include <map>
#include <string>

namespace troupe::recovery {

/// What other nodes have placed and this one has heard. Nodes say again and again up to when they have handed over everything
/// (`on_placed`), by the clock that also stamps their messages, and on the link that carries these. No clock, no thread of its own.
class heard {
 public:
  /// `settling`: what is handed to this node's actors has been handled after that long.
  explicit heard(duration settling) : soon_(2 * settling.count()) {}

  void on_alive(const std::string& node, unix_ms now);
  void on_gone(const std::string& node, unix_ms now);
  void on_link_up(const std::string& node, unix_ms now);
  void on_link_down(const std::string& node, unix_ms now);
  /// Everything that it placed before `until` was sent to this node before this word.
  void on_placed(const std::string& node, unix_ms until);

  /// The least of all; `now` when this node knows no other.
  unix_ms until(unix_ms now);

 private:
  struct peer {
    unix_ms placed = 0;     ///< its last word
    unix_ms behind = never; ///< its last word when its link broke: what it said since comes soon after the link is back
    unix_ms first = 0;      ///< its first word by its present link; 0: none yet
    unix_ms gone_at = 0;    ///< neither linked nor alive since then; 0: it is
    bool linked = false;
    bool alive = false;
  };
  static constexpr unix_ms never = INT64_MAX;

  peer& at(const std::string& node, unix_ms now);
  void look_whether_gone(peer& p, unix_ms now) const;

  unix_ms soon_;
  std::map<std::string, peer> peers_;
};

} // namespace troupe::recovery
