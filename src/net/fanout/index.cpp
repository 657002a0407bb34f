#include "net/fanout/index.hpp"

#include <algorithm>

namespace troupe::net {

std::vector<fanout_index::membership>& fanout_index::of(std::uint32_t slot) {
  if (slot >= of_.size())
    of_.resize(std::max<std::size_t>(slot + 1, of_.size() * 2));
  return of_[slot];
}

void fanout_index::join(std::string_view room, std::uint32_t slot) {
  auto it = rooms_.find(room);
  if (it == rooms_.end()) {
    it = rooms_.emplace(std::string(room), std::make_unique<roster>()).first;
    it->second->key = room;
  }
  auto* r = it->second.get();
  auto& mine = of(slot);
  if (std::any_of(mine.begin(), mine.end(), [&](auto& m) { return m.room == r; }))
    return;
  r->members.push_back({slot, static_cast<std::uint32_t>(mine.size())});
  mine.push_back({r, static_cast<std::uint32_t>(r->members.size() - 1)});
}

void fanout_index::leave(std::string_view room, std::uint32_t slot) {
  if (slot >= of_.size())
    return;
  auto& mine = of_[slot];
  for (std::uint32_t i = 0; i < mine.size(); ++i)
    if (mine[i].room->key == room)
      return remove(slot, i);
}

void fanout_index::leave_all(std::uint32_t slot) {
  if (slot >= of_.size())
    return;
  while (!of_[slot].empty())
    remove(slot, static_cast<std::uint32_t>(of_[slot].size() - 1));
  of_[slot].shrink_to_fit();
}

void fanout_index::remove(std::uint32_t slot, std::uint32_t back) {
  auto& mine = of_[slot];
  auto [room, position] = mine[back];
  // The last member of the room takes the place, and the last membership of the session likewise.
  auto last = room->members.back();
  room->members[position] = last;
  of_[last.slot][last.back].position = position;
  room->members.pop_back();
  if (back + 1 != mine.size()) {
    mine[back] = mine.back();
    mine[back].room->members[mine[back].position].back = back;
  }
  mine.pop_back();
  if (room->members.empty())
    rooms_.erase(rooms_.find(room->key));
}

fanout_index::roster* fanout_index::find(std::string_view room) {
  auto it = rooms_.find(room);
  return it == rooms_.end() ? nullptr : it->second.get();
}

const std::vector<fanout_index::member>& fanout_index::members(std::string_view room) {
  static const std::vector<member> none;
  auto* r = find(room);
  return r ? r->members : none;
}

} // namespace troupe::net
