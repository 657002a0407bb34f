#include "actors/keys_actor.hpp"

#include "actors/hub.hpp"
#include "base/log.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace troupe::actors {
namespace {

/// What comes together goes together: a change waits so long for others, unless there are many.
constexpr duration gathering{25};
constexpr duration heartbeat{1'000};
/// Somebody took a dead node's entries away by then, unless it died over it, or the dead died twice.
constexpr duration second_look{15'000};
/// A node that starts looks soon for what others left that died together.
constexpr duration first_check{15'000};
/// After a rewrite: a peer that held this node for dead has taken its entries away by then.
constexpr duration second_thoughts{5'000};

} // namespace

keys_actor::keys_actor(caf::actor_config& cfg, std::shared_ptr<class hub> h, ports::public_keys& store, ports::registry& registry,
                       std::uint16_t number)
  : caf::event_based_actor(cfg), hub_(std::move(h)), record_(*hub_->record), store_(store), registry_(registry), number_(number) {}

caf::behavior keys_actor::make_behavior() {
  next_check_ = clock::now() + std::min(record_.options().check_interval, first_check);
  delayed_send(this, heartbeat, keys_tick{});
  return {[this](keys_waiting) { delayed_send(this, gathering, keys_continue{[this] { flush(); }}); },
          [this](keys_tick) { on_tick(); },
          [](const keys_continue& m) { m.what(); },
          [this](const keys_lease& m) { on(m); },
          [this](const keys_node_gone& m) {
            // Every node hears of it; the first to ask does it.
            after(second_thoughts / 5, [this, m] { reap(m.id, [](std::size_t) {}); });
            after(second_look, [this] { find_dead(true, [](const auto&, std::size_t) {}); });
          },
          [this](const keys_check& m) { check_everywhere(m); },
          [this](const keys_from_peer& m) { on(m); },
          [this](const keys_letter& m) { on(m); },
          [this](const keys_last_seen& m) { on(m); },
          [this](const leave_cluster&) {
            leave();
            quit();
          }};
}

void keys_actor::after(duration d, std::function<void()> what) { delayed_send(this, d, keys_continue{std::move(what)}); }

void keys_actor::flush() {
  if (writing_ || looking_ || behind_ || !leased_)
    return;
  auto batch = record_.take(record_.options().commands_at_once);
  if (batch.empty())
    return;
  writing_ = true;
  store_.write(std::move(batch), back<result<std::size_t>>([this](result<std::size_t> r) { on_written(r); }));
}

void keys_actor::on_written(const result<std::size_t>& r) {
  writing_ = false;
  if (!r)
    return lost(r.error());
  record_.counts.batches.fetch_add(1, std::memory_order_relaxed);
  record_.counts.commands.fetch_add(*r, std::memory_order_relaxed);
  if (std::exchange(complained_, false))
    log::info("keys-written", "the keys for other programs are written again");
  flush();
}

/// What the batch held is unknown now; the next look finds out.
void keys_actor::lost(const error& why) {
  record_.counts.failures.fetch_add(1, std::memory_order_relaxed);
  behind_ = true;
  if (!std::exchange(complained_, true))
    log::warn("keys-not-written", "code={} {}", why.code, why.message);
}

void keys_actor::on(const keys_lease& m) {
  const bool came = m.leased && (!leased_ || m.store != mark_);
  leased_ = m.leased;
  mark_ = m.store;
  if (!came)
    return;
  behind_ = true;
  once_more_ = clock::now() + second_thoughts;
  rewrite();
}

void keys_actor::on_tick() {
  delayed_send(this, heartbeat, keys_tick{});
  const auto now = clock::now();
  const auto parts = static_cast<std::size_t>(std::max<std::int64_t>(record_.options().presence_heartbeat / heartbeat, 1));
  record_.refresh_presence(ticks_++ % parts, parts);
  if (record_.take_overflow() || (once_more_ && now >= *once_more_ && leased_)) {
    behind_ = true;
    once_more_.reset();
  }
  rewrite();
  flush();
  const auto interval = record_.options().check_interval;
  if (interval.count() == 0 || now < next_check_ || !leased_ || checking_)
    return;
  next_check_ = now + interval;
  check_here(true, [this](const report& r) {
    if (r.found() > 0)
      log::warn("keys-repaired", "found={} repaired={}", r.found(), r.repaired);
    find_dead(true, [](const auto&, std::size_t) {});
  });
}

/// Everything that waits is older than what the look below finds out.
void keys_actor::rewrite() {
  if (!behind_ || !leased_ || writing_ || looking_)
    return;
  behind_ = false;
  looking_ = true;
  record_.forget_waiting();
  record_.add({{cluster::key_kind::servers, {}, record_.node()}, true, {}, {}});
  look([this](std::optional<sight> s) {
    looking_ = false;
    if (!s) {
      behind_ = true;
      return;
    }
    record_.counts.rewrites.fetch_add(1, std::memory_order_relaxed);
    const auto n = record_.add_older(std::move(s->wrong));
    log::debug("keys-compared", "sockets={} rooms={} corrected={}", s->truth.sockets.size(), s->truth.rooms.size(), n);
    flush();
  });
}

/// The sockets have gone one by one; who could not be told in time is found by the other nodes.
void keys_actor::leave() {
  if (!leased_ || behind_ || looking_)
    return;
  record_.add({{cluster::key_kind::servers, {}, record_.node()}, false, {}, {}});
  for (auto batch = record_.take(record_.options().commands_at_once); !batch.empty(); batch = record_.take(record_.options().commands_at_once))
    store_.write(std::move(batch), [](const result<std::size_t>&) {});
}

} // namespace troupe::actors
