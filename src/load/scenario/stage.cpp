#include "load/scenario/scenario.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace troupe::load {
namespace {

constexpr std::int64_t sample_every_ns = 10 * second_ns;

volatile std::sig_atomic_t signalled = 0;

void on_signal(int) {
  signalled = 1;
}

double to_s(std::int64_t ns) {
  return static_cast<double>(ns) / 1e9;
}

} // namespace

bool interrupted() {
  return signalled != 0;
}

void catch_signals() {
  signalled = 0;
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

stage::stage(const options& o_, load::crowd& c, process_meter server_, run_result& r)
  : o{o_}, crowd{c}, server{std::move(server_)}, result{r}, begin_ns_{now_ns()}, next_show_ns_{begin_ns_ + second_ns},
    next_sample_ns_{begin_ns_} {
  r.server_pids = server.pids();
  r.memory.before_kb = server.rss_kb();
  shown_ = {begin_ns_, server.cpu_ns(), own_cpu_ns(), 0, 0, 0, {}};
}

bool stage::pump(scenario& s, std::int64_t until_ns, const std::function<bool(std::int64_t)>& done) {
  while (!interrupted())
    if (!step(s, until_ns, done))
      return true;
  result.interrupted = true;
  return false;
}

void stage::let_arrive(scenario& s, const std::function<bool(std::int64_t)>& done) {
  const auto until = now_ns() + seconds(o.timeout_s);
  while (step(s, until, done)) {
  }
}

/// Does what there is to do once; false: it is time, or done.
bool stage::step(scenario& s, std::int64_t until_ns, const std::function<bool(std::int64_t)>& done) {
  const auto now = now_ns();
  if (now >= until_ns || (done && done(now)))
    return false;
  if (now >= next_show_ns_)
    show(s, now);
  const auto due = std::min({until_ns, next_show_ns_, crowd.work(now), s.work(now)});
  crowd.poll(due);
  return true;
}

bool stage::ramp_up(scenario& s) {
  const auto begin = now_ns();
  const auto cpu = server.cpu_ns(), own = own_cpu_ns();
  crowd.start_all(begin);
  auto last = begin;
  std::uint64_t established = 0;
  pump(s, never, [&](std::int64_t now) {
    if (crowd.counts().established != established)
      last = now;
    established = crowd.counts().established;
    return crowd.pending() == 0;
  });
  auto& r = result.ramp;
  r.established = established;
  r.seconds = to_s(last - begin);
  r.phases = crowd.steps().times();
  r.server_cpu_s = to_s(server.cpu_ns() - cpu);
  r.generator_cpu_s = to_s(own_cpu_ns() - own);
  result.memory.after_ramp_kb = server.rss_kb();
  if (result.interrupted || established == 0)
    return false;
  doing_ = "waiting";
  return pump(s, begin_ns_ + seconds(o.begin_after_s));
}

stage::reading stage::read(const scenario& s) const {
  return {now_ns(),          server.cpu_ns(), own_cpu_ns(), s.counted.publishes, s.counted.deliveries,
          s.counted.skipped, crowd.traffic()};
}

void stage::measure(scenario& s) {
  doing_ = "warming up";
  if (!pump(s, now_ns() + seconds(o.warmup_s)))
    return;
  doing_ = "measuring";
  const auto from = read(s);
  s.counted.measuring = true;
  pump(s, from.at_ns + seconds(o.duration_s));
  s.counted.measuring = false;
  const auto to = read(s);
  doing_ = "ending";
  auto& w = result.window.emplace();
  w.seconds = to_s(to.at_ns - from.at_ns);
  w.publishes = to.publishes - from.publishes;
  w.deliveries = to.deliveries - from.deliveries;
  w.skipped = to.skipped - from.skipped;
  w.latency = s.counted.latency;
  w.send_lag = s.counted.send_lag;
  w.server_cpu_s = to_s(to.server_cpu_ns - from.server_cpu_ns);
  w.generator_cpu_s = to_s(to.own_cpu_ns - from.own_cpu_ns);
  w.reads = to.traffic.reads - from.traffic.reads;
  w.frames = to.traffic.frames - from.traffic.frames;
  w.bytes = to.traffic.bytes - from.traffic.bytes;
  w.pings = to.traffic.pings - from.traffic.pings;
}

void stage::close() {
  result.memory.end_kb = server.rss_kb();
  result.connections = crowd.counts();
  if (isatty(STDERR_FILENO) && !o.quiet)
    std::fputs("\r\x1b[K", stderr);
}

void stage::sample_memory(std::int64_t now) {
  if (server.empty() || now < next_sample_ns_)
    return;
  next_sample_ns_ = now + sample_every_ns;
  result.memory.samples.emplace_back(to_s(now - begin_ns_), server.rough_rss_kb());
}

/// One line a second: overwritten on a terminal, one below the other in a file.
void stage::show(const scenario& s, std::int64_t now) {
  next_show_ns_ = now + second_ns;
  sample_memory(now);
  if (o.quiet)
    return;
  const auto r = read(s);
  const double span = to_s(r.at_ns - shown_.at_ns);
  const bool terminal = isatty(STDERR_FILENO);
  std::fprintf(
    stderr, "%s%4.0f s  %-10s  %llu live", terminal ? "\r\x1b[K" : "", to_s(now - begin_ns_), doing_.c_str(),
    static_cast<unsigned long long>(crowd.counts().live));
  if (r.publishes > 0)
    std::fprintf(
      stderr, "  %.0f publishes/s  %.0f deliveries/s", static_cast<double>(r.publishes - shown_.publishes) / span,
      static_cast<double>(r.deliveries - shown_.deliveries) / span);
  if (s.counted.latency.count() > 0)
    std::fprintf(
      stderr, "  p50 %.2f p99 %.2f ms", static_cast<double>(s.counted.latency.quantile(0.5)) / 1e6,
      static_cast<double>(s.counted.latency.quantile(0.99)) / 1e6);
  if (!server.empty())
    std::fprintf(stderr, "  server %.0f %%", 100 * to_s(r.server_cpu_ns - shown_.server_cpu_ns) / span);
  std::fprintf(
    stderr, "  generator %.0f %%%s", 100 * to_s(r.own_cpu_ns - shown_.own_cpu_ns) / span, terminal ? "" : "\n");
  std::fflush(stderr);
  shown_ = r;
}

} // namespace troupe::load
