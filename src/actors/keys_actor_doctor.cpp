// The check of the store against the actors of all nodes, and messages that come by the node's channel.

#include "actors/hub.hpp"
#include "actors/keys_actor.hpp"
#include "base/log.hpp"
#include "core/cluster/envelope.hpp"
#include "core/json/json_text.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe::actors {
namespace {

using cluster::key_kind;

/// Between two looks: what was on its way at the first has arrived at the second.
constexpr duration between_looks{1'500};
constexpr duration patience{30'000};
/// Keys that a search for strays reads at most.
constexpr std::size_t most_keys = 200'000;

} // namespace

/// A check that an operator asked for.
struct keys_actor::examination {
  keys_check asked;
  std::uint64_t number = 0;
  report here;
  std::map<std::string, report> others;
  std::set<std::string> waiting; ///< nodes
  std::vector<std::string> silent;
  bool here_done = false;
  std::vector<ports::public_keys::key> keys;
  changes strays;
};

void keys_actor::check_here(bool repair, std::function<void(report)> then) {
  record_.counts.checks.fetch_add(1, std::memory_order_relaxed);
  checking_ = true;
  auto finished = [this, then = std::move(then)](report r) {
    checking_ = false;
    r.node = record_.node();
    if (!r.problem.empty())
      record_.counts.checks_failed.fetch_add(1, std::memory_order_relaxed);
    record_.counts.found.fetch_add(r.found(), std::memory_order_relaxed);
    record_.counts.repaired.fetch_add(r.repaired, std::memory_order_relaxed);
    then(std::move(r));
  };
  look([this, repair, finished, slots = record_.slots()](std::optional<sight> s) {
    if (!s) {
      report r;
      r.problem = "the store cannot be read";
      return finished(std::move(r));
    }
    after(between_looks, [this, repair, finished, slots, first = std::make_shared<sight>(std::move(*s))] {
      look_again(repair, std::move(*first), slots, finished);
    });
  });
}

void keys_actor::look_again(bool repair, sight first, public_record::slot_counts slots, std::function<void(report)> then) {
  if (!leased_) {
    report r;
    r.problem = "the store cannot be reached, or does not know this node";
    return then(std::move(r));
  }
  if (looking_ || behind_) { // everything is being compared anyway
    after(between_looks, [this, repair, then, slots, first = std::make_shared<sight>(std::move(first))] {
      look_again(repair, std::move(*first), slots, then);
    });
    return;
  }
  looking_ = true;
  look([this, repair, slots, then = std::move(then), before = std::move(first.wrong)](std::optional<sight> s) {
    looking_ = false;
    report r;
    if (!s) {
      r.problem = "the store cannot be read";
      return then(std::move(r));
    }
    const auto now = record_.slots();
    r.sockets = s->truth.sockets.size();
    r.rooms = s->truth.rooms.size();
    r.users = s->truth.users().size();
    r.slots_owned = now.owned;
    r.slots_disagreeing = std::min(slots.disagreeing, now.disagreeing);
    r.slots_without_home = std::min(slots.without_home, now.without_home);
    auto wrong = cluster::confirmed(before, std::move(s->wrong));
    count(r, wrong);
    if (repair) {
      r.repaired = wrong.size();
      record_.add_older(std::move(wrong));
    }
    flush();
    then(std::move(r));
  });
}

void keys_actor::find_dead(bool repair, std::function<void(std::vector<std::string>, std::size_t)> then) {
  read_all({{key_kind::servers, {}}}, [this, repair, then = std::move(then)](result<contents> servers) {
    if (!servers)
      return then({}, 0);
    living([this, repair, then, servers = std::move(*servers)](std::optional<ports::registry_view> now) {
      std::vector<std::string> dead;
      for (auto& [id, nothing] : now ? servers[0] : ports::key_content())
        if (std::none_of(now->nodes.begin(), now->nodes.end(), [&](auto& n) { return n.node.id == id; }))
          dead.push_back(id);
      if (dead.empty() || !repair)
        return then(dead, 0);
      auto total = std::make_shared<std::pair<std::size_t, std::size_t>>(dead.size(), 0); // left, entries
      for (auto& id : dead)
        reap(id, [total, dead, then](std::size_t n) {
          total->second += n;
          if (--total->first == 0)
            then(dead, total->second);
        });
    });
  });
}

// -- of all nodes --

void keys_actor::check_everywhere(keys_check m) {
  auto e = std::make_shared<examination>();
  e->asked = std::move(m);
  e->number = next_number_++;
  examinations_[e->number] = e;
  living([this, e](std::optional<ports::registry_view> now) {
    const auto question = cluster::sealed(cluster::addressee::doctor, "", encode(cluster::doctor_request{e->number, e->asked.repair}));
    for (auto& n : now ? now->nodes : std::vector<ports::seen_node>()) {
      if (n.node.id == record_.node())
        continue;
      if (hub_->links->send(n.node.id, question))
        e->waiting.insert(n.node.id);
      else
        e->silent.push_back(n.node.id);
    }
    check_here(e->asked.repair, [this, e](report r) { on_checked_here(e, std::move(r)); });
  });
  after(patience, [this, number = e->number] {
    if (const auto late = examinations_.find(number); late != examinations_.end()) {
      auto& waiting = late->second->waiting;
      late->second->silent.insert(late->second->silent.end(), waiting.begin(), waiting.end());
      waiting.clear();
      finish_if_complete(number);
    }
  });
}

void keys_actor::on_checked_here(std::shared_ptr<examination> e, report r) {
  e->here = std::move(r);
  if (!e->here.problem.empty()) {
    e->here_done = true;
    return finish_if_complete(e->number);
  }
  find_dead(e->asked.repair, [this, e](std::vector<std::string> dead, std::size_t entries) {
    e->here.dead = std::move(dead);
    if (e->asked.repair) { // else they are found below, as strays
      e->here.extra[static_cast<std::size_t>(key_kind::connections)] += entries;
      e->here.repaired += entries;
    }
    check_rest(e);
  });
}

/// Entries that no node would ever look at: by scanning the store.
void keys_actor::check_rest(std::shared_ptr<examination> e) {
  const auto scan_next = [this, e](auto& self, std::vector<key_kind> kinds) -> void {
    if (kinds.empty())
      return look_for_strays(e, false);
    const auto kind = kinds.back();
    kinds.pop_back();
    store_.scan(kind, back<result<std::vector<std::string>>>([e, kind, kinds, self](result<std::vector<std::string>> ids) {
      if (!ids)
        e->here.problem = ids.error().message;
      else
        for (auto& id : *ids)
          if (e->keys.size() < most_keys)
            e->keys.emplace_back(kind, std::move(id));
      self(self, kinds);
    }));
  };
  scan_next(scan_next, {key_kind::connections, key_kind::user_sockets, key_kind::room});
}

void keys_actor::look_for_strays(std::shared_ptr<examination> e, bool again) {
  read_all(e->keys, [this, e, again](result<contents> found) {
    living([this, e, again, found = std::make_shared<result<contents>>(std::move(found))](std::optional<ports::registry_view> now) {
      if (!*found || !now) {
        e->here.problem = "the store cannot be read";
        e->here_done = true;
        return finish_if_complete(e->number);
      }
      std::set<std::uint16_t> numbers;
      for (auto& n : now->nodes)
        numbers.insert(n.node.number);
      std::map<std::pair<key_kind, std::string>, ports::key_content> all;
      for (std::size_t i = 0; i < e->keys.size(); ++i)
        all.emplace(e->keys[i], std::move((**found)[i]));
      auto wrong = cluster::strays(all, numbers);
      if (!again) {
        e->strays = std::move(wrong);
        after(between_looks, [this, e] { look_for_strays(e, true); });
        return;
      }
      wrong = cluster::confirmed(e->strays, std::move(wrong));
      count(e->here, wrong);
      record_.counts.found.fetch_add(wrong.size(), std::memory_order_relaxed);
      if (e->asked.repair) {
        e->here.repaired += wrong.size();
        record_.counts.repaired.fetch_add(wrong.size(), std::memory_order_relaxed);
        record_.add_older(std::move(wrong));
        flush();
      }
      e->here_done = true;
      finish_if_complete(e->number);
    });
  });
}

void keys_actor::on(const keys_from_peer& m) {
  auto message = cluster::decode_doctor_message(m.payload);
  if (!message)
    return;
  if (auto* asked = std::get_if<cluster::doctor_request>(&*message)) {
    check_here(asked->repair, [this, from = m.from, number = asked->number](report r) {
      hub_->links->send(from, cluster::sealed(cluster::addressee::doctor, "", encode(cluster::doctor_answer{number, std::move(r)})));
    });
    return;
  }
  auto& told = std::get<cluster::doctor_answer>(*message);
  const auto e = examinations_.find(told.number);
  if (e == examinations_.end() || e->second->waiting.erase(m.from) == 0)
    return;
  e->second->others[m.from] = std::move(told.report);
  finish_if_complete(told.number);
}

void keys_actor::finish_if_complete(std::uint64_t number) {
  const auto found = examinations_.find(number);
  if (found == examinations_.end() || !found->second->here_done || !found->second->waiting.empty())
    return;
  const auto e = found->second;
  examinations_.erase(found);
  doctor_outcome o;
  o.repair = e->asked.repair;
  o.nodes.push_back(e->here);
  for (auto& [id, r] : e->others)
    o.nodes.push_back(std::move(r));
  o.silent = e->silent;
  if (e->asked.done)
    e->asked.done(std::move(o));
}

// -- the node's channel --

/// {"event":..,"args":[..],"namespace":"/","rooms":[..],"except":[..]}: for sockets on this node.
void keys_actor::on(const keys_letter& m) {
  const auto refuse = [this] { record_.counts.refused.fetch_add(1, std::memory_order_relaxed); };
  if (m.json.size() > hub_->opts.limit.max_payload_bytes || !json::valid(m.json, hub_->opts.limit.max_json_depth)
      || json::kind_of(m.json) != json::kind::object)
    return refuse();
  const auto names = [&](std::string_view key) {
    std::vector<std::string> list;
    if (const auto value = json::member(m.json, key); value && json::kind_of(*value) == json::kind::array)
      for (json::array_reader in(*value); auto one = in.next();)
        if (auto name = json::string_value(*one))
          list.push_back(std::move(*name));
    return list;
  };
  const auto event = json::string_member(m.json, "event");
  const auto args = json::member(m.json, "args");
  if (!event || event->empty() || event->size() > hub_->opts.limit.max_event_name_bytes || (args && json::kind_of(*args) != json::kind::array))
    return refuse();
  cluster::wide_message w;
  w.to = {json::string_member(m.json, "namespace").value_or("/"), names("rooms"), names("except")};
  w.event = *event;
  if (args)
    w.args.json = std::string(json::array_reader(*args).rest());
  record_.counts.accepted.fetch_add(1, std::memory_order_relaxed);
  hub_->carry_out(std::move(w));
}

} // namespace troupe::actors
