#pragma once
// What a run does with its connections. One class a scenario; `stage` is what they all stand on.

#include "load/client/crowd.hpp"
#include "load/measure/histogram.hpp"
#include "load/measure/now.hpp"
#include "load/measure/processes.hpp"
#include "load/options.hpp"
#include "load/report/result.hpp"

#include <functional>
#include <memory>

namespace troupe::load {

/// Counted by scenarios as it happens, from the first message on.
struct tally {
  std::uint64_t publishes = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t skipped = 0;
  bool measuring = false; ///< within the window: latencies are recorded
  histogram latency;
  histogram send_lag;
};

class scenario : public client_listener {
 public:
  void on_live(client&, std::int64_t) override {}
  void on_packet(client&, std::string_view, std::int64_t) override {}
  void on_read(client&, std::int64_t) override {}
  void on_gone(client&, phase, ending, std::string_view, std::int64_t) override {}

  /// Does what is due (sends at a rate, lets members go); returns when there is more.
  virtual std::int64_t work(std::int64_t) { return never; }
  /// The whole run, from the first connection to the last check.
  virtual void run() = 0;

  load::tally counted;
};

/// The crowd, the clock and the books of one run.
class stage {
 public:
  stage(const options& o, load::crowd& c, process_meter server, run_result& r);

  /// Goes on until `until_ns`, until `done` says so, or until the user interrupts. False: interrupted.
  bool pump(scenario& s, std::int64_t until_ns, const std::function<bool(std::int64_t)>& done = {});

  /// Brings everybody in, writes down how that went, and waits until messages may begin. False: interrupted, or nobody
  /// came.
  bool ramp_up(scenario& s);
  /// Nothing new is sent: waits for what is under way until `done`, for the time-out at most, interrupted or not.
  void let_arrive(scenario& s, const std::function<bool(std::int64_t)>& done);
  /// Warm-up, then the measured window.
  void measure(scenario& s);
  /// The last entries of the books.
  void close();

  const options& o;
  load::crowd& crowd;
  process_meter server;
  run_result& result;

 private:
  struct reading {
    std::int64_t at_ns, server_cpu_ns, own_cpu_ns;
    std::uint64_t publishes, deliveries, skipped;
    loop_counts traffic;
  };
  bool step(scenario& s, std::int64_t until_ns, const std::function<bool(std::int64_t)>& done);
  reading read(const scenario& s) const;
  void show(const scenario& s, std::int64_t now);
  void sample_memory(std::int64_t now);

  std::string doing_ = "connecting";
  std::int64_t begin_ns_;
  std::int64_t next_show_ns_;
  std::int64_t next_sample_ns_;
  reading shown_{};
};

/// Set by SIGINT and SIGTERM: runs end early with what they have.
bool interrupted();
/// From now on the signals set the flag; a second one ends the process as usual.
void catch_signals();

std::unique_ptr<scenario> make_connect(stage& s);
std::unique_ptr<scenario> make_idle(stage& s);
std::unique_ptr<scenario> make_fanout(stage& s);
std::unique_ptr<scenario> make_echo(stage& s);
std::unique_ptr<scenario> make_chat(stage& s);
std::unique_ptr<scenario> make_reconnect(stage& s);

} // namespace troupe::load
