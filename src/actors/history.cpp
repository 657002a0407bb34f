#include "actors/history.hpp"

#include "actors/hub.hpp"
#include "core/cluster/room_wire.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace troupe::actors {

std::vector<cluster::message_ptr> messages_of(const std::vector<ports::log_entry>& entries) {
  std::vector<cluster::message_ptr> list;
  for (auto& e : entries)
    if (auto m = e.bytes.empty() ? nullptr : cluster::decode_entry(e.bytes))
      list.push_back(std::move(m));
  return list;
}

error history_off() { return {"history_off", "this room keeps no history (rooms.history.enabled, rooms.rules)"}; }

namespace {

/// Reads until there is one message more than fits, which tells whether there is more, or the log ends: fences are entries, too.
struct reading {
  ports::room_log& log;
  const std::string key;
  const room::history_query query;
  const room::history_bounds bounds;
  const std::function<void(result<room::history_page>)> done;
  std::vector<cluster::message_ptr> found; ///< oldest first

  std::size_t most() const { return std::min(query.max, bounds.max_messages) + 1; }

  static void go_on(const std::shared_ptr<reading>& me, ports::log_position from) {
    const auto limit = me->most() - me->found.size();
    auto next = [me, limit](const result<std::vector<ports::log_entry>>& r) {
      if (!r)
        return me->done(r.error());
      auto messages = messages_of(*r);
      me->found.insert(me->query.after ? me->found.end() : me->found.begin(), messages.begin(), messages.end());
      if (r->size() == limit && me->found.size() < me->most())
        return go_on(me, me->query.after ? r->back().at : r->front().at);
      me->done(room::make_page(std::move(me->found), me->query, me->bounds));
    };
    if (me->query.after)
      me->log.read(me->key, from, limit, std::move(next));
    else
      me->log.tail(me->key, from, limit, std::move(next));
  }
};

} // namespace

void read_history(const hub& h, const std::string& key, const room::history_query& q,
                  std::function<void(result<room::history_page>)> done) {
  if (!h.kind_of(key).replicas.logged)
    return done(history_off());
  reading::go_on(std::make_shared<reading>(reading{*h.log, key, q, h.opts.history, std::move(done), {}}),
                 q.after ? *q.after : q.before.value_or(ports::log_end));
}

} // namespace troupe::actors
