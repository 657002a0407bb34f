#include "actors/history.hpp"

#include "actors/hub.hpp"
#include "core/cluster/room_wire.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

std::vector<cluster::message_ptr> messages_of(const std::vector<ports::log_entry>& entries) {
  std::vector<cluster::message_ptr> list;
  for (auto& e : entries)
    if (auto m = e.bytes.empty() ? nullptr : cluster::decode_entry(e.bytes))
      list.push_back(std::move(m));
  return list;
}

void read_history(const hub& h, const std::string& key, const room::history_query& q,
                  std::function<void(result<room::history_page>)> done) {
  if (!h.log)
    return done(error{"history_off", "rooms keep no history here (rooms.history.enabled)"});
  const auto bounds = h.opts.history;
  const auto most = std::min(q.max, bounds.max_messages) + 1; // one more than fits: whether there is more
  auto found = [q, bounds, most, done = std::move(done)](const result<std::vector<ports::log_entry>>& r) {
    if (!r)
      return done(r.error());
    auto messages = messages_of(*r);
    done(room::make_page(std::move(messages), r->size() == most, q, bounds));
  };
  if (q.after)
    h.log->read(key, *q.after, most, std::move(found));
  else
    h.log->tail(key, q.before.value_or(ports::log_end), most, std::move(found));
}

} // namespace troupe::actors
