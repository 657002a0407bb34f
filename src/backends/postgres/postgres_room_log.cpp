#include "backends/postgres/postgres_room_log.hpp"

#include "backends/cluster_errors.hpp"
#include "backends/log_rules.hpp"
#include "backends/postgres/worker.hpp"

#include <algorithm>

namespace troupe::postgres {
namespace {

using entries = std::vector<ports::log_entry>;

constexpr std::uint64_t last_number = INT64_MAX;

bool fits(const entries& all) {
  return std::all_of(all.begin(), all.end(), [](const auto& e) { return e.at.epoch <= last_number && e.at.seq <= last_number; });
}

/// epoch, seq, message
entries entries_of(const rows& r) {
  entries all;
  all.reserve(r.size());
  for (std::size_t i = 0; i < r.size(); ++i)
    all.push_back({{r.number(i, 0), r.number(i, 1)}, std::string(r.bytes(i, 2))});
  return all;
}

call begin(const worker& to, statement what, const std::string& room) {
  call c;
  c.what = what;
  c.room = room;
  c.values = {to.settings().cluster, room};
  c.bytes = room.size();
  return c;
}

} // namespace

postgres_room_log::postgres_room_log(options o) : worker_(std::make_unique<worker>(std::move(o))) {}
postgres_room_log::~postgres_room_log() = default;

void postgres_room_log::end() { worker_->end(); }
bool postgres_room_log::up() const { return worker_->up(); }
const metrics& postgres_room_log::counters() const { return worker_->counters(); }

void postgres_room_log::append(const std::string& room, entries added, ports::log_keep keep, answer<ports::appended> done) {
  // Answered in its turn, by way of PostgreSQL, as every call: an append of nothing.
  const bool in_order = positions_grow(added) && fits(added);
  if (!in_order)
    added.clear();
  auto c = begin(*worker_, statement::append, room);
  c.entries = added.size();
  for (const auto& e : added)
    c.bytes += e.bytes.size();
  using of = array_writer::of;
  array_writer epochs(of::bigint, added.size(), 8 * added.size()), seqs(of::bigint, added.size(), 8 * added.size()),
    messages(of::bytea, added.size(), c.bytes);
  for (const auto& e : added) {
    epochs.add(as_bigint(e.at.epoch));
    seqs.add(as_bigint(e.at.seq));
    messages.add(e.bytes);
  }
  for (auto* list : {&epochs, &seqs, &messages})
    c.values.push_back(list->take());
  c.values.push_back(as_bigint(keep.max_entries));
  c.values.push_back(as_bigint(static_cast<std::uint64_t>(std::max<duration::rep>(keep.ttl.count(), 1))));
  c.done = [done = std::move(done), in_order](result<rows> r) {
    if (!r)
      return done(r.error());
    if (!in_order)
      return done(log_out_of_order());
    if (r->size() != 1)
      return done(log_unavailable("PostgreSQL gave an answer that is none"));
    done(ports::appended{r->yes(0, 0), {r->number(0, 1), r->number(0, 2)}});
  };
  worker_->put(std::move(c));
}

void postgres_room_log::read(const std::string& room, ports::log_position after, std::size_t limit, answer<entries> done) {
  auto c = begin(*worker_, statement::read, room);
  for (auto n : {after.epoch, after.seq, std::uint64_t{limit}})
    c.values.push_back(as_bigint(n));
  c.done = [done = std::move(done)](result<rows> r) { r ? done(entries_of(*r)) : done(r.error()); };
  worker_->put(std::move(c));
}

void postgres_room_log::tail(const std::string& room, ports::log_position before, std::size_t limit, answer<entries> done) {
  auto c = begin(*worker_, statement::tail, room);
  for (auto n : {before.epoch, before.seq, std::uint64_t{limit}})
    c.values.push_back(as_bigint(n));
  c.done = [done = std::move(done)](result<rows> r) {
    if (!r)
      return done(r.error());
    auto all = entries_of(*r);
    std::reverse(all.begin(), all.end());
    done(std::move(all));
  };
  worker_->put(std::move(c));
}

void postgres_room_log::remove(const std::string& room, ports::log_position up_to, answer<bool> done) {
  auto c = begin(*worker_, statement::remove, room);
  for (auto n : {up_to.epoch, up_to.seq})
    c.values.push_back(as_bigint(n));
  c.done = [done = std::move(done)](result<rows> r) { r ? done(r->size() == 1 && r->yes(0, 0)) : done(r.error()); };
  worker_->put(std::move(c));
}

} // namespace troupe::postgres
