#include "load/report/report.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <utility>

namespace troupe::load {
namespace {

[[gnu::format(printf, 2, 3)]] void line(std::string& out, const char* format, ...) {
  std::array<char, 512> text;
  va_list values;
  va_start(values, format);
  std::vsnprintf(text.data(), text.size(), format, values);
  va_end(values);
  out += text.data();
  out += '\n';
}

double ms(std::int64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

double per(double value, double divisor) {
  return divisor > 0 ? value / divisor : 0;
}

/// 1234567 -> 1,234,567
std::string grouped(double value) {
  char digits[32];
  const int size = std::snprintf(digits, sizeof digits, "%.0f", value);
  std::string out;
  for (int i = 0; i < size; ++i) {
    if (i > 0 && (size - i) % 3 == 0 && digits[i - 1] != '-')
      out += ',';
    out += digits[i];
  }
  return out;
}

std::string grouped(std::uint64_t value) {
  return grouped(static_cast<double>(value));
}

void times(std::string& out, const char* name, const histogram& h) {
  if (h.count() > 0)
    line(
      out, "  %-12s %10.3f %10.3f %10.3f %10.3f %12s", name, ms(h.quantile(0.5)), ms(h.quantile(0.99)),
      ms(h.quantile(0.999)), ms(h.max()), grouped(h.count()).c_str());
}

void times_head(std::string& out, const char* title) {
  line(out, "%-14s %10s %10s %10s %10s %12s", title, "p50 ms", "p99 ms", "p99.9 ms", "max ms", "count");
}

void connections(std::string& out, const options& o, const run_result& r) {
  const auto& c = r.connections;
  line(
    out, "connections    %s of %s live in %.2f s (%s/s)", grouped(r.ramp.established).c_str(),
    grouped(std::uint64_t{o.connections}).c_str(), r.ramp.seconds,
    grouped(per(static_cast<double>(r.ramp.established), r.ramp.seconds)).c_str());
  const std::pair<const char*, std::uint64_t> problems[] = {
    {"refused", c.refused},
    {"timed out", c.timed_out},
    {"rejected", c.rejected},
    {"failed", c.failed},
    {"lost", c.lost}};
  for (const auto& [name, count] : problems)
    if (count > 0)
      line(out, "  %-12s %s", name, grouped(count).c_str());
  if (!c.first_problem.empty())
    line(out, "  the first    %.400s", c.first_problem.c_str());
}

void phases(std::string& out, const phase_times& p) {
  times_head(out, "handshake");
  times(out, "tcp", p.tcp);
  times(out, "tls", p.tls);
  times(out, "websocket", p.websocket);
  times(out, "socket.io", p.socketio);
  times(out, "join", p.join);
  times(out, "total", p.total);
}

void traffic(std::string& out, const options& o, const window_result& w) {
  const bool echo = o.scenario == scenario_kind::echo;
  line(
    out, "%-14s %s (%s/s)", echo ? "requests" : "publishes", grouped(w.publishes).c_str(),
    grouped(per(static_cast<double>(w.publishes), w.seconds)).c_str());
  line(
    out, "%-14s %s (%s/s) in %.1f s", echo ? "replies" : "deliveries", grouped(w.deliveries).c_str(),
    grouped(per(static_cast<double>(w.deliveries), w.seconds)).c_str(), w.seconds);
  if (w.skipped > 0)
    line(out, "skipped        %s: the server did not read them in time", grouped(w.skipped).c_str());
  if (w.latency.count() > 0) {
    times_head(out, o.rate ? "from due time" : "latency");
    times(out, echo ? "reply" : "delivery", w.latency);
    times(out, "send lag", w.send_lag);
  }
}

void check(std::string& out, const run_result& r) {
  const auto& c = r.check;
  line(
    out, "check          lost %s  doubled %s  reordered %s  order differs %s", grouped(c.lost).c_str(),
    grouped(c.doubled).c_str(), grouped(c.reordered).c_str(), grouped(c.differs).c_str());
  if (c.unknown > 0)
    line(out, "  unknown      %s messages that nobody sent, or not to them", grouped(c.unknown).c_str());
  if (r.stalled > 0)
    line(out, "  stalled      %s messages did not reach everybody in time", grouped(r.stalled).c_str());
  if (r.refused > 0)
    line(out, "  refused      %s events, the first with %.400s", grouped(r.refused).c_str(), r.first_refusal.c_str());
}

void storms(std::string& out, const std::vector<storm_result>& all) {
  if (all.empty())
    return;
  times_head(out, "back after");
  for (const auto& s : all) {
    times(out, "a storm", s.back);
    line(out, "  %s cut, %s after %.2f s", grouped(s.cut).c_str(), s.all_back ? "all back" : "not all back", s.seconds);
  }
}

void server(std::string& out, const options& o, const run_result& r) {
  if (r.server_pids.empty())
    return;
  if (r.window) {
    const auto& w = *r.window;
    line(out, "server CPU     %.2f s, %.1f %% of a core", w.server_cpu_s, 100 * per(w.server_cpu_s, w.seconds));
    if (w.deliveries > 0)
      line(
        out, "               %.2f s per million %s", per(w.server_cpu_s, static_cast<double>(w.deliveries) / 1e6),
        o.scenario == scenario_kind::echo ? "replies" : "deliveries");
  }
  line(
    out, "               %.2f s for the ramp, %.0f us per connection", r.ramp.server_cpu_s,
    1e6 * per(r.ramp.server_cpu_s, static_cast<double>(r.ramp.established)));
  const auto& m = r.memory;
  const auto count = static_cast<double>(r.ramp.established);
  line(
    out, "server memory  %s KB before, %s KB after the ramp (%.1f KB per connection), %s KB at the end",
    grouped(static_cast<double>(m.before_kb)).c_str(), grouped(static_cast<double>(m.after_ramp_kb)).c_str(),
    per(static_cast<double>(m.after_ramp_kb - m.before_kb), count), grouped(static_cast<double>(m.end_kb)).c_str());
}

void generator(std::string& out, const window_result& w) {
  line(
    out, "generator      %.1f %% of a core, %.0f ns per delivery, %.1f frames per read",
    100 * per(w.generator_cpu_s, w.seconds), per(w.generator_cpu_s * 1e9, static_cast<double>(w.deliveries)),
    per(static_cast<double>(w.frames), static_cast<double>(w.reads)));
}

} // namespace

std::string name_of(scenario_kind k) {
  constexpr const char* names[] = {"connect", "idle", "fanout", "echo", "chat", "reconnect"};
  return names[static_cast<std::size_t>(k)];
}

std::string to_table(const options& o, const run_result& r) {
  std::string out;
  connections(out, o, r);
  if (o.scenario == scenario_kind::connect || o.scenario == scenario_kind::reconnect)
    phases(out, r.ramp.phases);
  storms(out, r.storms);
  if (r.window && r.window->publishes > 0) {
    traffic(out, o, *r.window);
    check(out, r);
  }
  if (r.churn)
    line(
      out, "churn          %s left, %s disconnected, %s came back", grouped(r.churn->left).c_str(),
      grouped(r.churn->disconnected).c_str(), grouped(r.churn->came_back).c_str());
  if (r.window && r.window->pings > 0)
    line(out, "pings          %s answered", grouped(r.window->pings).c_str());
  server(out, o, r);
  if (r.window && r.window->deliveries > 0)
    generator(out, *r.window);
  if (r.interrupted)
    line(out, "interrupted    these are the results so far");
  return out;
}

} // namespace troupe::load
