#include "net/link/link_server.hpp"

#include "base/log.hpp"
#include "base/random.hpp"

#include <algorithm>

namespace troupe::net {

using cluster::link_end;
using cluster::link_peer;
using cluster::link_refusal;

namespace {

/// A thread that comes so much later than it wanted to had no CPU.
constexpr duration gap{100};
constexpr duration stop_takes{500};

} // namespace

link_server::link_server(link_options o, ports::link_events& events)
  : options_(std::move(o)),
    hello_{options_.protocol, options_.version, options_.cluster, options_.me, {}, cluster::link_kind::messages, {}}, events_(events),
    tls_(options_.cluster, options_.me.node, options_.secret, options_.records_per_key),
    listener_(loop_.poller, loop_.wheel, [this](int fd, std::string address) { accept(fd, std::move(address)); }) {}

link_server::~link_server() { stop(); }

void link_server::serve_tunnels(tunnel_acceptor take, std::function<bool()> has_room) {
  take_tunnel_ = std::move(take);
  tunnel_room_ = std::move(has_room);
}

// -- life -------------------------------------------------------------------------------------------------------------

result<std::uint16_t> link_server::listen(const std::string& host, std::uint16_t port) {
  auto got = listener_.listen(host, port);
  if (got)
    thread_ = std::thread([this] { run(); });
  return got;
}

void link_server::stop() {
  if (!thread_.joinable())
    return;
  post(std::function<void()>([this] { begin_stop(); }));
  thread_.join();
}

void link_server::begin_stop() {
  stop_at_ = loop_.now + stop_takes;
  listener_.close();
  for (auto& [node, p] : peers_)
    p->wanted = false;
  std::vector<peer_link*> all;
  for (auto& l : links_)
    all.push_back(l.get());
  for (auto* l : all)
    l->leave();
}

void link_server::run() {
  while (!stop_at_ || (!links_.empty() && loop_.now < *stop_at_)) {
    auto began = loop_.now;
    auto asked = next_wake();
    if (stop_at_)
      asked = std::min(asked.value_or(*stop_at_), *stop_at_);
    loop_.poller.wait(asked);
    loop_.now = clock::now();
    notice_gap(began, asked);
    turn();
  }
  // Nobody hears the rest: what is still there is cut.
  links_.clear();
  graveyard_.clear();
  peers_.clear();
  inbox_.drain([](task&&) {});
}

std::optional<time_point> link_server::next_wake() {
  if (!dirty_.empty())
    return time_point::min();
  loop_.poller.announce_sleep();
  if (!inbox_.empty())
    return time_point::min();
  return loop_.wheel.next();
}

/// Stopped, starved or asleep: what peers sent meanwhile has not been read, so their silence says nothing.
void link_server::notice_gap(time_point began, std::optional<time_point> asked) {
  if (!asked || loop_.now - std::max(began, *asked) < gap)
    return;
  metrics::add(counters_.gaps);
  for (auto& l : links_)
    l->forgive();
}

void link_server::turn() {
  loop_.poller.dispatch();
  inbox_.drain([this](task&& t) { carry_out(t); });
  loop_.wheel.advance(loop_.now);
  flush();
}

void link_server::post(task t) {
  if (inbox_.put(std::move(t)))
    loop_.poller.wake();
}

void link_server::carry_out(task& t) {
  if (auto* o = std::get_if<outgoing>(&t))
    send_now(*o);
  else
    std::get<1>(t)();
}

void link_server::mark_dirty(peer_link& who) {
  if (!std::exchange(who.dirty, true))
    dirty_.push_back(&who);
}

void link_server::flush() {
  for (auto* l : std::exchange(dirty_, {})) {
    l->dirty = false;
    if (!l->over())
      l->pump();
  }
  std::erase_if(dirty_, [](auto* l) { return l->over(); });
  hand_tunnels_over();
  graveyard_.clear();
}

// -- ports::links -----------------------------------------------------------------------------------------------------

void link_server::want(const link_peer& who, const std::string& host, std::uint16_t port) {
  post(std::function<void()>([this, who, host, port] { want_now(who, host, port); }));
}

void link_server::forget(const std::string& node) {
  post(std::function<void()>([this, node] { forget_now(node); }));
}

bool link_server::send(const std::string& node, std::string bytes) {
  std::shared_ptr<link_slot> slot;
  {
    std::shared_lock lock(slots_mutex_);
    auto found = slots_.find(node);
    if (found == slots_.end())
      return false;
    slot = found->second;
  }
  auto generation = slot->generation.load(std::memory_order_acquire);
  if (generation == 0)
    return false;
  if (bytes.size() > options_.max_message) {
    log::error("link-message-too-large", "peer={} bytes={} limit={}", node, bytes.size(), options_.max_message);
    return false;
  }
  auto size = bytes.size() + cluster::frame_head;
  if (slot->queued.fetch_add(size, std::memory_order_relaxed) + size > options_.max_queued) {
    slot->queued.fetch_sub(size, std::memory_order_relaxed);
    if (!slot->overflowed.exchange(true))
      post(std::function<void()>([slot, generation] {
        if (slot->link && slot->generation == generation)
          slot->link->end(link_end::overflow);
      }));
    return false;
  }
  post(outgoing{std::move(slot), generation, std::move(bytes)});
  return true;
}

void link_server::send_now(outgoing& o) {
  if (o.slot->link && o.slot->generation.load(std::memory_order_relaxed) == o.generation) {
    o.slot->link->queue(std::move(o.bytes));
    return mark_dirty(*o.slot->link);
  }
  // The link for which it was meant has ended: on another one it would come after news of that end.
  o.slot->queued.fetch_sub(o.bytes.size() + cluster::frame_head, std::memory_order_relaxed);
  metrics::add(counters_.messages_lost);
}

std::vector<link_status> link_server::status() const {
  std::vector<link_status> all;
  std::shared_lock lock(slots_mutex_);
  for (auto& [node, s] : slots_)
    all.push_back({node, s->generation != 0, s->queued, s->round_trip_us});
  return all;
}

// -- peers ------------------------------------------------------------------------------------------------------------

link_server::peer& link_server::peer_of(const std::string& node) {
  auto& p = peers_[node];
  if (!p) {
    p = std::make_unique<peer>(*this, node);
    std::unique_lock lock(slots_mutex_);
    slots_[node] = p->slot;
  }
  return *p;
}

void link_server::drop_if_unused(peer& p) {
  if (p.wanted || p.slot->link || p.dialled)
    return;
  {
    std::unique_lock lock(slots_mutex_);
    slots_.erase(p.node);
  }
  peers_.erase(std::string(p.node));
}

void link_server::want_now(const link_peer& who, const std::string& host, std::uint16_t port) {
  if (stop_at_ || who.node == options_.me.node)
    return;
  auto& p = peer_of(who.node);
  const auto moved = p.wanted && (p.host != host || p.port != port);
  p.wanted = true;
  p.expected = who;
  p.host = host;
  p.port = port;
  forget_route(who.node);
  {
    std::unique_lock lock(slots_mutex_);
    routes_[who.number] = {who.number, who.node, host, port};
  }
  auto& known = incarnations_[who.node];
  known = std::max(known, who.incarnation);
  // The process at the other end of an older link is gone, or is about to learn that it should be.
  if (p.slot->link && p.up_as.incarnation < who.incarnation)
    p.slot->link->end(link_end::reset);
  if (p.slot->link || !dials(p))
    return;
  if (moved || (!p.dialled && !p.scheduled())) {
    if (p.dialled)
      std::exchange(p.dialled, nullptr)->cut();
    p.back_off = duration{0};
    dial(p);
  }
}

void link_server::forget_route(const std::string& node) {
  std::unique_lock lock(slots_mutex_);
  std::erase_if(routes_, [&](auto& r) { return r.second.node == node; });
}

std::optional<link_route> link_server::route_to(std::uint16_t number) const {
  std::shared_lock lock(slots_mutex_);
  auto r = routes_.find(number);
  if (r == routes_.end())
    return std::nullopt;
  auto s = slots_.find(r->second.node);
  return s != slots_.end() && s->second->generation != 0 ? std::optional(r->second) : std::nullopt;
}

void link_server::forget_now(const std::string& node) {
  auto found = peers_.find(node);
  if (found == peers_.end())
    return;
  forget_route(node);
  auto& p = *found->second;
  p.wanted = false;
  p.unlink();
  ++p.attempt;
  if (p.dialled)
    std::exchange(p.dialled, nullptr)->cut();
  if (p.slot->link)
    return p.slot->link->leave(); // which drops the peer, too
  drop_if_unused(p);
}

// -- dialling ---------------------------------------------------------------------------------------------------------

void link_server::dial(peer& p) {
  p.unlink();
  if (!dials(p) || p.slot->link || p.dialled)
    return;
  auto attempt = ++p.attempt;
  if (auto to = numeric_address(p.host, p.port))
    return dial_address(p, *to);
  resolver_.resolve(p.host, p.port, [this, node = p.node, attempt](std::optional<socket_address> to) {
    post(std::function<void()>([this, node, attempt, to] {
      auto found = peers_.find(node);
      if (found == peers_.end() || found->second->attempt != attempt)
        return;
      if (to)
        return dial_address(*found->second, *to);
      log::debug("link-address-unknown", "peer={} host={}", node, found->second->host);
      metrics::add(counters_.dials_failed);
      dial_later(*found->second);
    }));
  });
}

void link_server::dial_address(peer& p, const socket_address& to) {
  if (!dials(p) || p.slot->link || p.dialled)
    return;
  metrics::add(counters_.dials);
  auto& l = add_link();
  p.dialled = &l;
  l.dial(tls_, to, p.node, p.host + ":" + std::to_string(p.port));
}

void link_server::ask_whether_gone(peer& p) {
  const auto to = numeric_address(p.host, p.port);
  if (!p.wanted || stop_at_ || !to)
    return; // a name would have to be looked up first: the registry tells soon enough
  p.probe = std::make_unique<reach_probe>(loop_, *to, [this, &p, who = p.expected] {
    log::info("link-down", "peer={} incarnation={} reason=refused", who.node, who.incarnation);
    events_.on_down(who, link_end::refused);
    p.probe.reset();
  });
}

void link_server::dial_later(peer& p) {
  if (!dials(p) || stop_at_)
    return;
  p.back_off = std::clamp(p.back_off * 2, options_.min_back_off, options_.max_back_off);
  // Scattered by a quarter: nodes that lost each other together shall not all come together.
  unsigned char random;
  fill_random(&random, 1);
  auto scattered = p.back_off * (192 + random / 2) / 256;
  loop_.wheel.schedule(p, loop_.now + scattered);
}

peer_link& link_server::add_link() {
  peer_link::owner& me = *this;
  return *links_.emplace_back(std::make_unique<peer_link>(loop_, counters_, options_, hello_, me));
}

// -- accepting --------------------------------------------------------------------------------------------------------

void link_server::accept(int fd, std::string address) {
  metrics::add(counters_.accepted);
  if (counters_.half_open >= options_.max_half_open)
    drop_oldest_half_open();
  metrics::add(counters_.half_open);
  add_link().accept(tls_, fd, std::move(address));
}

void link_server::drop_oldest_half_open() {
  auto oldest = std::find_if(links_.begin(), links_.end(), [](auto& l) { return l->accepted() && !l->presented(); });
  if (oldest != links_.end())
    (*oldest)->refuse(link_refusal::too_many);
}

} // namespace troupe::net
