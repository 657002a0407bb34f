#include "net/link/second_way.hpp"

#include "base/log.hpp"
#include "core/cluster/wire.hpp"

#include <algorithm>

namespace troupe::net {

using cluster::wire::put;
using ports::link_end;
using ports::link_peer;

namespace {

std::string channel_of(const std::string& node) { return "server:" + node; }

} // namespace

second_way::second_way(link_peer me, ports::bus& bus, ports::link_events& upper, duration beat, duration timeout)
  : me_(std::move(me)), bus_(bus), upper_(upper), beat_(beat), timeout_(timeout) {}

void second_way::use(ports::links& direct) {
  direct_ = &direct;
  bus_.subscribe(channel_of(me_.node), [this](std::string_view, std::string_view bytes) { on_bus(bytes); });
}

void second_way::stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  bus_.unsubscribe(channel_of(me_.node));
}

// -- the wire --

std::string second_way::encode(const frame& f) {
  std::string out;
  put(out, static_cast<std::uint64_t>(f.what));
  put(out, std::string_view(f.from.node));
  put(out, f.from.incarnation);
  put(out, std::uint64_t{f.from.number});
  put(out, f.to_incarnation);
  put(out, f.session);
  put(out, f.theirs);
  put(out, f.seq);
  put(out, f.bytes);
  return out;
}

std::optional<second_way::frame> second_way::decode(std::string_view bytes) {
  cluster::wire::reader in(bytes);
  frame f;
  f.what = static_cast<kind>(in.number(3));
  f.from.node = in.text();
  f.from.incarnation = in.number();
  f.from.number = static_cast<std::uint16_t>(in.number(0xffff));
  f.to_incarnation = in.number();
  f.session = in.number();
  f.theirs = in.number();
  f.seq = in.number();
  f.bytes = in.text();
  if (!in.done())
    return std::nullopt;
  return f;
}

void second_way::say(way& w, kind what, std::string_view bytes) {
  frame f{what, me_, w.peer.incarnation, w.mine, w.theirs, what == kind::data ? w.next_out++ : w.next_out, bytes};
  w.said = clock::now();
  bus_.publish(channel_of(w.peer.node), encode(f));
}

// -- up and down --

void second_way::begin(way& w) {
  // Grows with every session of this process, and from one process to the next.
  last_session_ = std::max(last_session_ + 1, static_cast<std::uint64_t>(wall_clock_now()));
  w.trying = true;
  w.up = false;
  w.mine = last_session_;
  w.theirs = 0;
  w.next_out = w.next_in = 0;
  say(w, kind::hello);
}

void second_way::rise(way& w) {
  if (w.up)
    return;
  w.up = true;
  ++counters_.opened;
  log::warn("link-over-bus", "peer={} The direct link is down; Redis pub/sub carries what this node and the peer say.", w.peer.node);
  upper_.on_up(w.peer);
}

void second_way::fall(way& w, link_end why) {
  if (!std::exchange(w.up, false))
    return;
  ++counters_.ended;
  upper_.on_down(w.peer, why);
}

void second_way::want(const link_peer& peer, const std::string& host, std::uint16_t port) {
  {
    std::lock_guard lock(mutex_);
    auto& w = ways_[peer.node];
    if (w.peer.incarnation != peer.incarnation) {
      fall(w, link_end::reset);
      w = {};
    }
    w.peer = peer;
    if (w.wanted == time_point{})
      w.wanted = clock::now();
  }
  direct_->want(peer, host, port);
}

void second_way::forget(const std::string& node) {
  {
    std::lock_guard lock(mutex_);
    if (auto w = ways_.find(node); w != ways_.end()) {
      fall(w->second, link_end::left);
      ways_.erase(w);
    }
  }
  direct_->forget(node);
}

bool second_way::send(const std::string& node, std::string bytes) {
  std::unique_lock lock(mutex_);
  auto w = ways_.find(node);
  if (w != ways_.end() && w->second.direct) {
    lock.unlock();
    return direct_->send(node, std::move(bytes));
  }
  if (w == ways_.end() || !w->second.up)
    return false;
  ++counters_.messages_out;
  say(w->second, kind::data, bytes);
  return true;
}

// -- the direct links --

void second_way::on_up(const link_peer& peer) {
  std::lock_guard lock(mutex_);
  if (stopped_)
    return;
  auto& w = ways_[peer.node];
  fall(w, link_end::reset); // not `left`, which would say that the peer is gone
  w = {};
  w.peer = peer;
  w.direct = true;
  upper_.on_up(peer);
}

void second_way::on_down(const link_peer& peer, link_end why) {
  std::lock_guard lock(mutex_);
  if (stopped_)
    return;
  auto found = ways_.find(peer.node);
  const bool known = found != ways_.end() && found->second.peer.incarnation == peer.incarnation;
  if (known && found->second.up)
    return; // a refused attempt: the peer lives, by what it says over the bus
  upper_.on_down(peer, why);
  if (!known || !std::exchange(found->second.direct, false))
    return;
  if (why == link_end::reset || why == link_end::silent || why == link_end::overflow)
    begin(found->second);
}

void second_way::on_message(const link_peer& peer, std::string_view bytes) { upper_.on_message(peer, bytes); }

// -- the bus --

void second_way::on_bus(std::string_view bytes) {
  const auto f = decode(bytes);
  std::lock_guard lock(mutex_);
  if (stopped_ || !f || f->to_incarnation != me_.incarnation)
    return;
  auto found = ways_.find(f->from.node);
  if (found == ways_.end() || found->second.direct || found->second.peer.incarnation != f->from.incarnation)
    return;
  take(found->second, *f);
}

void second_way::take(way& w, const frame& f) {
  if (f.what == kind::hello) {
    if (f.session != w.theirs && w.theirs != 0)
      fall(w, link_end::reset);
    if (!w.trying || (f.session != w.theirs && w.theirs != 0))
      begin(w);
    w.theirs = f.session;
    w.heard = clock::now();
    return say(w, kind::welcome);
  }
  // Everything else answers what this side has said.
  if (!w.trying || f.theirs != w.mine)
    return;
  if (w.theirs == 0)
    w.theirs = f.session;
  if (f.session != w.theirs)
    return;
  w.heard = clock::now();
  rise(w);
  if (f.what == kind::welcome)
    return;
  if (f.seq != w.next_in) {
    ++counters_.gaps;
    fall(w, link_end::reset);
    return begin(w);
  }
  if (f.what == kind::data) {
    ++w.next_in;
    ++counters_.messages_in;
    upper_.on_message(w.peer, f.bytes);
  }
}

void second_way::tick(time_point now) {
  std::lock_guard lock(mutex_);
  for (auto& [node, w] : ways_) {
    if (w.direct || stopped_)
      continue;
    if (!w.trying) {
      if (w.wanted != time_point{} && now - w.wanted >= timeout_)
        begin(w); // a link that never came
    } else if (w.up && now - w.heard >= timeout_) {
      fall(w, link_end::silent);
      begin(w);
    } else if (now - w.said >= beat_) {
      say(w, w.up ? kind::beat : kind::hello);
    }
  }
}

} // namespace troupe::net
