#include "core/cluster/query_book.hpp"

#include <algorithm>

namespace troupe::cluster {

std::string_view to_string(silence s) {
  switch (s) {
    case silence::unlinked: return "unlinked";
    case silence::lost: return "lost";
    case silence::late: return "late";
    case silence::busy: return "busy";
  }
  return "late";
}

std::optional<std::uint64_t> query_book::open(std::vector<asked_node> nodes, std::vector<silent_node> silent, time_point until) {
  if (open_.size() >= o_.max_open) {
    ++counts_.refused;
    return std::nullopt;
  }
  ++counts_.asked;
  const auto number = ++last_;
  entry e;
  e.until = until;
  e.so_far.number = number;
  e.so_far.silent = std::move(silent);
  for (auto& n : nodes)
    e.waiting.emplace(n.ref, participant{std::move(n.id), {}, 0});
  deadlines_.emplace(until, number);
  open_.emplace(number, std::move(e));
  counts_.open = open_.size();
  return number;
}

query_book::outcomes query_book::on_answer(node_ref from, answer a, std::size_t bytes) {
  counts_.answer_bytes += bytes;
  const auto i = open_.find(a.number);
  if (i == open_.end()) {
    ++counts_.late_parts;
    return {};
  }
  auto& e = i->second;
  const auto who = e.waiting.find(from);
  if (who == e.waiting.end())
    return {};
  if (std::holds_alternative<declined>(a.body)) {
    give_up_on(e, who, silence::busy);
  } else {
    auto& p = who->second;
    if (a.total && !p.total) {
      p.total = a.total;
      e.so_far.expected += *a.total;
    }
    p.got += things_in(a.body);
    keep(e, p.id, std::move(a), bytes);
    if (p.whole())
      e.waiting.erase(who);
  }
  return take_over(i->first);
}

void query_book::keep(entry& e, const std::string& id, answer a, std::size_t bytes) {
  e.so_far.cut |= a.cut;
  e.bytes += bytes;
  if (e.bytes > o_.max_answer_bytes)
    e.so_far.cut = true;
  else
    e.so_far.parts.emplace_back(id, std::move(a.body));
}

void query_book::give_up_on(entry& e, std::map<node_ref, participant>::iterator who, silence why) {
  e.so_far.silent.push_back({std::move(who->second.id), why});
  e.waiting.erase(who);
}

void query_book::on_unreachable(std::uint64_t number, node_ref node) {
  const auto i = open_.find(number);
  if (i == open_.end())
    return;
  if (const auto who = i->second.waiting.find(node); who != i->second.waiting.end())
    give_up_on(i->second, who, silence::unlinked);
}

query_book::outcomes query_book::on_lost(node_ref node) {
  outcomes over;
  for (auto i = open_.begin(); i != open_.end();) {
    const auto here = i++;
    const auto who = here->second.waiting.find(node);
    if (who == here->second.waiting.end())
      continue;
    give_up_on(here->second, who, silence::lost);
    if (here->second.waiting.empty())
      over.push_back(close(here));
  }
  return over;
}

query_book::outcomes query_book::on_time(time_point now) {
  outcomes over;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now)
    over.push_back(close(open_.find(deadlines_.begin()->second)));
  return over;
}

std::optional<time_point> query_book::next_deadline() const {
  if (deadlines_.empty())
    return std::nullopt;
  return deadlines_.begin()->first;
}

query_book::outcomes query_book::take_over(std::uint64_t number) {
  outcomes over;
  if (const auto i = open_.find(number); i != open_.end() && i->second.waiting.empty())
    over.push_back(close(i));
  return over;
}

query_book::outcomes query_book::close_all() {
  outcomes over;
  while (!open_.empty())
    over.push_back(close(open_.begin()));
  return over;
}

query_outcome query_book::close(table::iterator i) {
  auto e = std::move(i->second);
  deadlines_.erase({e.until, i->first});
  open_.erase(i);
  counts_.open = open_.size();
  // Who has said how much there is has answered; what is missing then is its clients' business, not the node's.
  for (auto& [ref, p] : e.waiting)
    if (!p.total)
      e.so_far.silent.push_back({std::move(p.id), silence::late});
  std::sort(e.so_far.silent.begin(), e.so_far.silent.end(), [](auto& a, auto& b) { return a.id < b.id; });
  if (!e.so_far.silent.empty())
    ++counts_.partial;
  if (e.so_far.cut)
    ++counts_.cut;
  return std::move(e.so_far);
}

} // namespace troupe::cluster
