#pragma once
// All connections of a run: how they come in, and what became of them.

#include "load/client/client_loop.hpp"

#include <deque>
#include <queue>
#include <random>
#include <vector>

namespace troupe::load {

struct connection_counts {
  std::uint64_t live = 0;        ///< now
  std::uint64_t established = 0; ///< handshakes that were completed
  std::uint64_t refused = 0;     ///< the rest: those that were not, by reason
  std::uint64_t timed_out = 0;
  std::uint64_t rejected = 0;
  std::uint64_t failed = 0;
  std::uint64_t lost = 0;    ///< ended by the server or the network after they were live
  std::string first_problem; ///< the first of any of these, in words

  std::uint64_t not_established() const { return refused + timed_out + rejected + failed; }
};

/// Paces handshakes (rate, how many at a time, time-outs) and counts. Everything else is forwarded to `listener`.
class crowd : client_listener {
 public:
  crowd(const options& o, std::vector<target> targets, std::optional<tls_client> tls);

  /// Who is told; before the first connection.
  void set_listener(client_listener& l) { listener_ = &l; }
  /// Try again when a handshake fails, after a short while, until it works.
  void set_retry(bool on) { retry_ = on; }

  /// Starts the client as soon as pace and concurrency allow, but not before `at_ns`.
  void start(client& c, std::int64_t at_ns);
  void start_all(std::int64_t now);
  /// Connections that are waiting or in their handshake.
  std::uint64_t pending() const { return waiting_.size() + handshaking_; }
  /// Ends a live connection from this side: by a reset, or (`part`) with a goodbye, after which `on_gone` comes.
  void cut(client& c);
  void part(client& c);
  void cut_all();

  /// Starts what is due and ends handshakes that take too long; returns when there is more to do.
  std::int64_t work(std::int64_t now);
  void poll(std::int64_t until_ns) { loop_.poll(until_ns); }
  void send(client& c, std::string_view frames) { loop_.send(c, frames); }

  std::vector<client>& clients() { return clients_; }
  handshake& steps() { return loop_.steps(); }
  const loop_counts& traffic() const { return loop_.counts(); }
  const connection_counts& counts() const { return counts_; }

 private:
  struct start_time {
    std::int64_t at_ns;
    std::uint32_t index;
    bool operator>(const start_time& o) const { return at_ns != o.at_ns ? at_ns > o.at_ns : index > o.index; }
  };
  struct deadline {
    std::int64_t started_ns;
    std::uint32_t index;
  };

  void on_live(client& c, std::int64_t now) override;
  void on_packet(client& c, std::string_view text, std::int64_t now) override;
  void on_read(client& c, std::int64_t now) override;
  void on_gone(client& c, phase was, ending how, std::string_view detail, std::int64_t now) override;
  std::int64_t start_some(std::int64_t now);
  std::int64_t end_slow_ones(std::int64_t now);
  void count_failure(ending how);

  const options& o_;
  client_listener* listener_ = nullptr;
  client_loop loop_;
  std::vector<client> clients_;
  std::priority_queue<start_time, std::vector<start_time>, std::greater<>> waiting_;
  std::deque<deadline> deadlines_; ///< of handshakes and goodbyes, in the order of their starts; some are over already
  std::uint32_t handshaking_ = 0;
  std::int64_t next_start_ns_ = 0;
  bool retry_ = false;
  std::mt19937_64 random_;
  connection_counts counts_;
};

} // namespace troupe::load
