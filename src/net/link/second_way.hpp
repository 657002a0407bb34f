#pragma once
// Links, and the bus where a link is down: nodes that cannot reach each other directly still talk, over Redis pub/sub.

#include "base/counter.hpp"
#include "base/time.hpp"
#include "ports/bus.hpp"
#include "ports/links.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace troupe::net {

/// Counted over all peers.
struct second_way_metrics {
  counter opened;       ///< times that the bus took a link's place
  counter ended;
  counter messages_out;
  counter messages_in;
  counter gaps;         ///< messages that the bus lost, each of which ended a session
};

/// ports::links with the same promises, whichever way is taken: what goes over the bus is numbered, and a gap ends the way as a broken
/// connection ends a link (`reset`, then a new `on_up`). A direct link that is up wins at once.
///
/// Both nodes present themselves on each other's channel `server:<id>`; each direction has a session number of its sender's, so that
/// nothing of an earlier session is taken for one of this. Events go to `upper` from the threads of the links, of the bus and of
/// whoever calls `tick`, one at a time. Outlives the bus, whose destructor waits for what runs.
class second_way final : public ports::links, public ports::link_events {
 public:
  second_way(ports::link_peer me, ports::bus& bus, ports::link_events& upper, duration beat, duration timeout);

  /// The links that go first; before anything else. They tell this object what happens on them.
  void use(ports::links& direct);
  /// About every 100 ms, by any one thread.
  void tick(time_point now);
  /// No event comes afterwards. The bus must be there still.
  void stop();

  // -- ports::links
  void want(const ports::link_peer& peer, const std::string& host, std::uint16_t port) override;
  void forget(const std::string& node) override;
  bool send(const std::string& node, std::string bytes) override;

  // -- ports::link_events, from the direct links
  void on_up(const ports::link_peer& peer) override;
  void on_down(const ports::link_peer& peer, ports::link_end why) override;
  void on_message(const ports::link_peer& peer, std::string_view bytes) override;

  const second_way_metrics& counters() const { return counters_; }

 private:
  enum class kind : std::uint8_t { hello, welcome, data, beat };
  struct frame {
    kind what = kind::hello;
    ports::link_peer from;
    std::uint64_t to_incarnation = 0, session = 0, theirs = 0, seq = 0;
    std::string_view bytes;
  };
  struct way {
    ports::link_peer peer;
    bool direct = false;          ///< the link is up
    bool trying = false;          ///< the link was up, or the peer asks for the bus
    bool up = false;              ///< over the bus
    std::uint64_t mine = 0, theirs = 0;
    std::uint64_t next_out = 0, next_in = 0;
    time_point wanted{}, said{}, heard{};
  };

  static std::string encode(const frame& f);
  static std::optional<frame> decode(std::string_view bytes);
  void on_bus(std::string_view bytes);
  void say(way& w, kind what, std::string_view bytes = {});
  void begin(way& w);
  void rise(way& w);
  void fall(way& w, ports::link_end why);
  void take(way& w, const frame& f);

  const ports::link_peer me_;
  ports::bus& bus_;
  ports::link_events& upper_;
  const duration beat_, timeout_;
  ports::links* direct_ = nullptr;
  second_way_metrics counters_;
  std::mutex mutex_;
  std::map<std::string, way> ways_;
  std::uint64_t last_session_ = 0;
  bool stopped_ = false;
};

} // namespace troupe::net
