#include "actors/connection_table.hpp"

namespace troupe::actors {

void connection_table::insert(session_ref who, caf::actor connection) {
  if (who.slot >= slots_.size())
    slots_.resize(who.slot + 1);
  auto& e = slots_[who.slot];
  if (!e.connection)
    ++size_;
  e = {std::move(connection), who.generation};
}

void connection_table::erase(session_ref who) {
  if (!find(who))
    return;
  slots_[who.slot].connection = nullptr;
  --size_;
}

const caf::actor* connection_table::find(session_ref who) const {
  if (who.slot >= slots_.size())
    return nullptr;
  auto& e = slots_[who.slot];
  return e.connection && e.generation == who.generation ? &e.connection : nullptr;
}

} // namespace troupe::actors
