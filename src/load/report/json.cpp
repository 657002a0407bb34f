#include "load/report/report.hpp"

#include <nlohmann/json.hpp>

namespace troupe::load {
namespace {

using json = nlohmann::ordered_json;

constexpr double per_ms = 1e-6;
constexpr int format = 1;

json times(const histogram& h) {
  return {
    {"count", h.count()},
    {"min", static_cast<double>(h.min()) * per_ms},
    {"mean", h.mean() * per_ms},
    {"p50", static_cast<double>(h.quantile(0.5)) * per_ms},
    {"p90", static_cast<double>(h.quantile(0.9)) * per_ms},
    {"p99", static_cast<double>(h.quantile(0.99)) * per_ms},
    {"p999", static_cast<double>(h.quantile(0.999)) * per_ms},
    {"max", static_cast<double>(h.max()) * per_ms}};
}

/// JSON has no infinity: what cannot be divided is 0.
double per(double value, double divisor) {
  return divisor > 0 ? value / divisor : 0;
}

json settings(const options& o) {
  json out{
    {"urls", o.urls},
    {"path", o.path},
    {"namespace", o.nsp},
    {"connections", o.connections},
    {"rooms", o.rooms},
    {"members_per_room", per(o.connections, o.rooms)},
    {"publishers", o.publishers},
    {"in_flight", o.in_flight},
    {"rate", o.rate ? json(*o.rate) : json()},
    {"payload_bytes", o.payload_bytes},
    {"sender_receives", o.sender_receives},
    {"begin_after_s", o.begin_after_s},
    {"warmup_s", o.warmup_s},
    {"duration_s", o.duration_s},
    {"connect_rate", o.connect_rate},
    {"connect_concurrency", o.connect_concurrency},
    {"source_addresses", o.source_addresses},
    {"seed", o.seed}};
  return out;
}

json connections(const options& o, const connection_counts& c) {
  return {
    {"wanted", o.connections},         {"established", c.established}, {"live_at_end", c.live}, {"refused", c.refused},
    {"timed_out", c.timed_out},        {"rejected", c.rejected},       {"failed", c.failed},    {"lost", c.lost},
    {"first_problem", c.first_problem}};
}

json ramp(const ramp_result& r, bool server) {
  const auto established = static_cast<double>(r.established);
  json out{
    {"seconds", r.seconds},
    {"per_second", per(established, r.seconds)},
    {"latency_ms",
     {{"tcp", times(r.phases.tcp)},
      {"tls", times(r.phases.tls)},
      {"websocket", times(r.phases.websocket)},
      {"socketio", times(r.phases.socketio)},
      {"join", times(r.phases.join)},
      {"total", times(r.phases.total)}}},
    {"generator_cpu_s", r.generator_cpu_s}};
  if (server) {
    out["server_cpu_s"] = r.server_cpu_s;
    out["server_cpu_s_per_1000"] = per(r.server_cpu_s, established / 1000);
  }
  return out;
}

json window(const window_result& w) {
  return {
    {"seconds", w.seconds},
    {"publishes", w.publishes},
    {"publishes_per_s", per(static_cast<double>(w.publishes), w.seconds)},
    {"deliveries", w.deliveries},
    {"deliveries_per_s", per(static_cast<double>(w.deliveries), w.seconds)},
    {"skipped", w.skipped}};
}

json check(const run_result& r) {
  return {{"lost", r.check.lost},           {"doubled", r.check.doubled},
          {"reordered", r.check.reordered}, {"order_differs", r.check.differs},
          {"unknown", r.check.unknown},     {"stalled", r.stalled},
          {"refused", r.refused},           {"first_refusal", r.first_refusal}};
}

json server(const run_result& r) {
  json out{{"pids", r.server_pids}};
  if (r.window) {
    const auto& w = *r.window;
    out["cpu_s"] = w.server_cpu_s;
    out["cpu_share"] = per(w.server_cpu_s, w.seconds);
    out["cpu_s_per_million"] = per(w.server_cpu_s, static_cast<double>(w.deliveries) / 1e6);
  }
  const auto& m = r.memory;
  const auto live = static_cast<double>(r.ramp.established);
  out["rss_kb"] = {{"before", m.before_kb}, {"after_ramp", m.after_ramp_kb}, {"end", m.end_kb}};
  out["rss_kb"]["every_10_s"] = m.samples;
  out["rss_kb_per_connection"] = per(static_cast<double>(m.after_ramp_kb - m.before_kb), live);
  out["rss_kb_per_connection_at_end"] = per(static_cast<double>(m.end_kb - m.before_kb), live);
  return out;
}

json generator(const window_result& w) {
  return {
    {"cpu_s", w.generator_cpu_s},
    {"cpu_share", per(w.generator_cpu_s, w.seconds)},
    {"cpu_ns_per_delivery", per(w.generator_cpu_s * 1e9, static_cast<double>(w.deliveries))},
    {"reads", w.reads},
    {"frames_per_read", per(static_cast<double>(w.frames), static_cast<double>(w.reads))},
    {"bytes", w.bytes},
    {"pings_answered", w.pings}};
}

json storms(const std::vector<storm_result>& all) {
  json out = json::array();
  for (const auto& s : all)
    out.push_back(
      {{"cut", s.cut},
       {"seconds", s.seconds},
       {"all_back", s.all_back},
       {"per_second", per(static_cast<double>(s.back.count()), s.seconds)},
       {"back_ms", times(s.back)},
       {"server_cpu_s", s.server_cpu_s}});
  return out;
}

} // namespace

std::string to_json(const options& o, const run_result& r) {
  json out{
    {"format", format},
    {"scenario", name_of(o.scenario)},
    {"started_at", r.started_at},
    {"interrupted", r.interrupted},
    {"good", r.good()},
    {"options", settings(o)},
    {"connections", connections(o, r.connections)},
    {"ramp", ramp(r.ramp, !r.server_pids.empty())}};
  if (r.window) {
    out["window"] = window(*r.window);
    out["latency_ms"] = times(r.window->latency);
    if (o.rate)
      out["send_lag_ms"] = times(r.window->send_lag);
    out["generator"] = generator(*r.window);
  }
  out["check"] = check(r);
  if (r.churn)
    out["churn"] = {
      {"left", r.churn->left}, {"disconnected", r.churn->disconnected}, {"came_back", r.churn->came_back}};
  if (!r.storms.empty())
    out["storms"] = storms(r.storms);
  if (!r.server_pids.empty())
    out["server"] = server(r);
  return out.dump(2) + "\n";
}

} // namespace troupe::load
