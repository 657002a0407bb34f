#pragma once
// One machine under the hands of a test: what came out last, and what the registry and the peers would say.

#include "core/cluster/node_machine.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace troupe::cluster {

inline constexpr std::uint16_t lab_slots = 16;

struct node_lab {
  /// How many slots may move at once from a living home.
  explicit node_lab(std::uint16_t batch = 0) : o(options(batch)) {}

  node_options o;
  node_record me = record("me", 1, 100);
  node_machine m{o, me};
  time_point now{std::chrono::seconds(1'000)};
  unix_ms wall = 1'700'000'000'000;
  node_effects last;

  // What the registry holds.
  store_mark mark{"gen", "run"};
  std::uint64_t version = 1;
  std::vector<seen_node> nodes{{me, o.lease}};
  slot_pins pins;
  std::vector<slot_record> slots = std::vector<slot_record>(lab_slots);

  static node_options options(std::uint16_t batch) {
    node_options some;
    some.slots = lab_slots;
    some.rebalance_batch = batch;
    return some;
  }
  static node_record record(const std::string& id, std::uint16_t number, std::uint64_t incarnation) {
    node_record r;
    r.id = id;
    r.number = number;
    r.incarnation = incarnation;
    r.host = "host-" + id;
    r.port = 7'000;
    return r;
  }
  static link_peer peer_of(const node_record& r) { return {r.id, r.incarnation, r.number}; }
  static node_ref ref_of(const node_record& r) { return {r.number, r.incarnation}; }

  template<class E>
  std::vector<E> all() const {
    std::vector<E> list;
    for (auto& e : last)
      if (auto* one = std::get_if<E>(&e))
        list.push_back(*one);
    return list;
  }
  template<class E>
  bool any() const { return !all<E>().empty(); }
  /// What was told to that peer (empty: to all).
  template<class M>
  std::vector<M> told(const std::string& to) const {
    std::vector<M> list;
    for (auto& t : all<do_tell>())
      if (auto letter = decode_node_letter(t.bytes); t.to == to && letter)
        if (auto* body = std::get_if<M>(&letter->body))
          list.push_back(*body);
    return list;
  }
  bool noted(const std::string& event) const {
    const auto notes = all<note>();
    return std::any_of(notes.begin(), notes.end(), [&](auto& n) { return n.event == event; });
  }
  std::vector<std::uint16_t> claimed() const {
    std::vector<std::uint16_t> list;
    for (auto& c : all<do_claim>())
      for (auto& one : c.claims)
        list.push_back(one.slot);
    return list;
  }

  static error away() { return {"registry_unavailable", "the store is away."}; }
  void start() { last = m.start(now, wall); }
  void pass(duration d) {
    now += d;
    wall += d.count();
    last = m.on_time(now, wall);
  }
  void renewed_ok() { last = m.on_renewed(renewed{mark, version}, now, now, wall); }
  void renew_fails(const error& e = away()) { last = m.on_renewed(e, now, now, wall); }
  void see() { last = m.on_read(registry_view{mark, version, nodes, slots, pins}, now, wall); }
  void link_up(const node_record& r) { last = m.on_link_up(peer_of(r), now, wall); }
  void link_down(const node_record& r, link_end why) { last = m.on_link_down(peer_of(r), why, now, wall); }
  void hear(const node_record& from, node_message body) {
    last = m.on_message(from.id, encode(node_letter{ref_of(from), std::move(body)}), now, wall);
  }
  /// Carries out what was claimed last, and the machine hears of it.
  void grant() {
    std::vector<slot_grant> grants;
    for (auto& c : all<do_claim>())
      for (auto& one : c.claims) {
        auto& r = slots[one.slot];
        const bool ok = r == one.expected;
        if (ok)
          r = {me.id, me.incarnation, std::max(r.epoch + 1, one.at_least)};
        version += ok;
        grants.push_back({one.slot, ok, r});
      }
    last = m.on_claimed(grants, now, wall);
  }
  void rooms_report() {
    for (auto& moved : all<slots_moved>())
      if (moved.report != 0) {
        last = m.on_rooms_reported(moved.report, now, wall);
        return;
      }
  }
  void add(const node_record& r) { nodes.push_back({r, o.lease}); }
  void drop(const node_record& r) {
    std::erase_if(nodes, [&](auto& n) { return n.node.id == r.id; });
  }
  void lease_left(const node_record& r, duration left) {
    for (auto& n : nodes)
      if (n.node.id == r.id)
        n.lease_left = left;
  }
  void own(const node_record& r, std::uint16_t slot, std::uint64_t epoch) { slots[slot] = {r.id, r.incarnation, epoch}; }

  /// Started, settled and linked to all that the registry knows; its first claims, if there are any, lie in `last`.
  void settle() {
    start();
    renewed_ok();
    see();
    for (auto& n : std::vector<seen_node>(nodes))
      if (n.node.id != me.id) {
        link_up(n.node);
        hear(n.node, gossip{true, n.node.draining, version, 0, 0});
      }
    pass(o.settle);
    see();
  }
  /// Home of all slots, which are open, though peers may be better.
  void own_all() {
    for (std::uint16_t slot = 0; slot < lab_slots; ++slot)
      own(me, slot, 50);
    start();
    renewed_ok();
    see();
    rooms_report();
    for (auto& n : std::vector<seen_node>(nodes))
      if (n.node.id != me.id)
        link_up(n.node);
    pass(o.settle);
    see();
  }
  /// Slots that this node prefers to have, among those ids and itself.
  std::vector<std::uint16_t> best_for(const std::string& id, std::vector<std::string> ids) const {
    std::vector<std::uint16_t> list;
    for (std::uint16_t slot = 0; slot < lab_slots; ++slot)
      if (ids[preference(slot, ids).front()] == id)
        list.push_back(slot);
    return list;
  }
};

} // namespace troupe::cluster
