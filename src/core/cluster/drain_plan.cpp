#include "core/cluster/drain_plan.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace troupe::cluster {
namespace {

/// What was not called for so long is not caught up with at once: a process that stood still must not send everybody away together.
constexpr duration longest_step{500};
/// The last clients have a moment to be gone before the deadline.
constexpr duration reserve{300};

double seconds(duration d) { return static_cast<double>(d.count()) / 1'000; }

} // namespace

std::string_view to_string(drain_phase p) {
  switch (p) {
    case drain_phase::none: return "none";
    case drain_phase::slots: return "slots";
    case drain_phase::clients: return "clients";
    case drain_phase::done: return "done";
  }
  return "unknown";
}

void drain_plan::begin(drain_options o, bool clients, time_point now) {
  if (under_way()) {
    status_.moves_clients |= clients;
    if (deadline_)
      deadline_ = std::min(*deadline_, now + o.at_most);
    options_.at_most = std::min(options_.at_most, o.at_most);
    return;
  }
  options_ = o;
  ++status_.begun;
  status_.phase = drain_phase::slots;
  status_.moves_clients = clients;
  status_.moved = 0;
  status_.clients_per_second = 0;
  deadline_.reset();
}

void drain_plan::cancel() {
  if (!under_way())
    return;
  ++status_.cancelled;
  status_.phase = drain_phase::none;
  turns_away_ = false;
}

std::size_t drain_plan::step(const drain_sight& s, time_point now) {
  if (!under_way())
    return 0;
  // The clients of a node whom nobody would take in are better off with it.
  if (!deadline_ && s.takers > 0) {
    deadline_ = now + options_.at_most;
    slots_until_ = now + options_.at_most / 2;
  }
  choose_phase(s, now);
  const bool moving = status_.moves_clients && s.takers > 0;
  turns_away_ = moving && status_.phase != drain_phase::slots;
  if (!moving || status_.phase != drain_phase::clients)
    return 0;
  const auto n = batch(s.clients, now);
  status_.moved += n;
  status_.moved_ever += n;
  return n;
}

void drain_plan::choose_phase(const drain_sight& s, time_point now) {
  const bool clients_left = status_.moves_clients && s.clients > 0;
  const auto before = status_.phase;
  if (s.slots == 0)
    status_.phase = clients_left ? drain_phase::clients : drain_phase::done;
  else if (before == drain_phase::done || (deadline_ && now < slots_until_ && before == drain_phase::slots))
    status_.phase = drain_phase::slots;
  else if (deadline_ && clients_left)
    status_.phase = drain_phase::clients; // slots that do not go must not hold up the rest
  if (status_.phase == drain_phase::clients && before != drain_phase::clients) {
    paced_at_ = now;
    due_ = 1; // the first one need not wait
  }
}

std::size_t drain_plan::batch(std::size_t clients, time_point now) {
  const auto passed = std::min(std::chrono::duration_cast<duration>(now - std::exchange(paced_at_, now)), longest_step);
  const auto left = std::chrono::duration_cast<duration>(*deadline_ - now) - reserve;
  if (options_.clients_per_second == 0 || left <= duration(0)) {
    status_.clients_per_second = static_cast<std::uint32_t>(clients);
    return clients;
  }
  const auto pace = std::max<double>(options_.clients_per_second, static_cast<double>(clients) / seconds(left));
  status_.clients_per_second = static_cast<std::uint32_t>(std::ceil(pace));
  due_ += pace * seconds(passed);
  const auto n = std::min(static_cast<std::size_t>(due_), clients);
  due_ -= static_cast<double>(n);
  if (n == clients)
    due_ = 0;
  return n;
}

} // namespace troupe::cluster
