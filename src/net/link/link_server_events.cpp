// What the connections of a link server report to it.

#include "base/log.hpp"
#include "net/link/link_server.hpp"

#include <algorithm>

namespace troupe::net {

using cluster::link_end;
using cluster::link_refusal;

namespace {

/// A link that lived so long was a good one: the next attempt need not wait for long.
constexpr duration good_life{1'000};
/// Nodes of which the incarnation is remembered.
constexpr std::size_t max_incarnations = 4096;

std::string_view name(link_end why) {
  switch (why) {
    case link_end::refused: return "refused";
    case link_end::reset: return "reset";
    case link_end::silent: return "silent";
    case link_end::overflow: return "overflow";
    case link_end::left: return "left";
  }
  return "";
}

} // namespace

std::optional<link_refusal> link_server::judge(peer_link& who, const cluster::link_hello& theirs) {
  auto known = incarnations_.find(theirs.from.node);
  auto wrong = cluster::judge(theirs, hello_, known == incarnations_.end() ? 0 : known->second);
  if (wrong)
    return wrong;
  if (theirs.kind == cluster::link_kind::tunnel)
    return take_tunnel_ && tunnel_room_() && theirs.hops <= last_hop ? std::nullopt : std::optional(link_refusal::tunnels_full);
  // Of two nodes the smaller one dials: two links at once could replace each other for ever.
  if (who.accepted() && theirs.from.node > options_.me.node)
    return link_refusal::bad_hello;
  return std::nullopt;
}

void link_server::on_tunnel(peer_link& who, const cluster::link_hello& theirs) {
  metrics::sub(counters_.half_open);
  arrived_.emplace_back(&who, arrival{theirs.client, theirs.client_secure, theirs.hops});
}

/// At the end of the turn, when no call of them is running.
void link_server::hand_tunnels_over() {
  for (auto& [who, from] : std::exchange(arrived_, {}))
    take_tunnel_(who->release(), std::move(from));
}

void link_server::on_link_up(peer_link& who) {
  if (who.accepted())
    metrics::sub(counters_.half_open);
  auto& as = who.peer();
  peer_of(as.node).probe.reset();
  auto& p = peer_of(as.node);
  if (p.dialled == &who)
    p.dialled = nullptr;
  if (incarnations_.size() >= max_incarnations)
    std::erase_if(incarnations_, [&](auto& known) { return !peers_.contains(known.first); });
  incarnations_[as.node] = as.incarnation;
  if (p.slot->link) {
    // While its successor is there nobody looks for another one, and the peer is not dropped.
    const auto wanted = std::exchange(p.wanted, true);
    p.dialled = &who;
    p.slot->link->end(link_end::reset);
    p.unlink();
    p.dialled = nullptr;
    p.wanted = wanted;
  }
  p.up_as = as;
  p.up_since = loop_.now;
  p.slot->link = &who;
  p.slot->overflowed = false;
  who.slot = p.slot;
  p.slot->generation.store(++generation_, std::memory_order_release);
  metrics::add(counters_.up);
  metrics::add(counters_.ups);
  refusals_.forget(as.node);
  log::info("link-up", "peer={} incarnation={} address={}", as.node, as.incarnation, who.address());
  events_.on_up(as);
}

void link_server::on_link_message(peer_link& who, std::string_view bytes) { events_.on_message(who.peer(), bytes); }

void link_server::on_link_down(peer_link& who, link_end why) {
  auto& p = peer_of(who.peer().node);
  if (p.slot->link != &who)
    return;
  p.slot->link = nullptr;
  p.slot->generation.store(0, std::memory_order_release);
  metrics::sub(counters_.up);
  metrics::add(counters_.ended[static_cast<std::size_t>(why)]);
  log::info("link-down", "peer={} incarnation={} reason={}", who.peer().node, who.peer().incarnation, name(why));
  if (loop_.now - p.up_since >= good_life)
    p.back_off = duration{0};
  events_.on_down(who.peer(), why);
  if (dials(p) && !p.dialled)
    dial_later(p);
  else if (!dials(p) && why == link_end::reset)
    ask_whether_gone(p);
  drop_if_unused(p);
}

void link_server::on_link_failed(peer_link& who, link_failure why) {
  using what = link_failure::what;
  auto& name = who.peer().node.empty() ? who.address() : who.peer().node;
  if (who.accepted())
    metrics::sub(counters_.half_open);
  if (why.how == what::refused) {
    metrics::add(counters_.refused[static_cast<std::size_t>(why.why)]);
    refusals_.refused(name, who.address(), why.why);
  } else if (why.how == what::refused_us) {
    metrics::add(counters_.refused_us[static_cast<std::size_t>(why.why)]);
    refusals_.refused_us(name, who.address(), why.why);
  } else if (why.how == what::silent) {
    metrics::add(counters_.probed);
  }
  auto found = std::find_if(peers_.begin(), peers_.end(), [&](auto& p) { return p.second->dialled == &who; });
  if (found == peers_.end())
    return;
  auto& p = *found->second;
  p.dialled = nullptr;
  metrics::add(counters_.dials_failed);
  dial_later(p);
  if (why.how == what::nobody && p.wanted)
    events_.on_down(p.expected, link_end::refused);
}

void link_server::on_link_over(peer_link& who) {
  auto found = std::find_if(links_.begin(), links_.end(), [&](auto& l) { return l.get() == &who; });
  if (found == links_.end())
    return;
  std::erase_if(arrived_, [&](auto& a) { return a.first == &who; });
  graveyard_.push_back(std::move(*found));
  links_.erase(found);
}

} // namespace troupe::net
