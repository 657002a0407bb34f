#include "core/room/room_model.hpp"

#include "core/logic/refusals.hpp"

#include <algorithm>

namespace troupe::room {
namespace {

constexpr std::uint64_t largest_version = (1ull << 53) - 1; // the largest integer that every JSON reader keeps

} // namespace

room_model::room_model(std::string name, const options& o, std::size_t shards, time_point now)
  : name_(std::move(name)), options_(&o), by_shard_(shards), last_used_(now) {}

error room_model::not_in_room() const { return logic::not_in_room(name_); }

const member* room_model::find(session_ref who) const {
  auto i = members_.find(who);
  return i == members_.end() ? nullptr : &i->second;
}

result<joined> room_model::on_join(member who, bool announce, time_point now) {
  touch(now);
  if (auto i = members_.find(who.session); i != members_.end()) {
    i->second.socket = who.socket; // the namespace may have been left and joined again on one session
    return joined{false, false, members_.size()};
  }
  if (members_.size() >= options_->max_members)
    return error{"room_full", "the room \"" + name_ + "\" has no free place"};
  const auto session = who.session;
  who.announced = announce || who.announced;
  members_.emplace(session, std::move(who));
  ++by_shard_.at(session.shard);
  return joined{true, announce && members_.size() <= options_->announce_max_members, members_.size()};
}

left room_model::on_leave(session_ref who, bool announce, time_point now) {
  touch(now);
  auto i = members_.find(who);
  if (i == members_.end())
    return {};
  left l;
  l.was_typing = typing_ && typing_->stop(who);
  l.announce = (announce || i->second.announced) && members_.size() <= options_->announce_max_members;
  l.gone = std::move(i->second);
  members_.erase(i);
  --by_shard_.at(who.shard);
  return l;
}

result<bool> room_model::on_publish(std::optional<session_ref> sender, bool members_only, time_point now) {
  touch(now);
  if (members_only && !(sender && find(*sender)))
    return not_in_room();
  return true;
}

result<bool> room_model::on_typing(session_ref who, bool active, time_point now) {
  touch(now);
  if (!find(who))
    return not_in_room();
  if (!active)
    return typing_ && typing_->stop(who);
  if (!typing_)
    typing_ = std::make_unique<typing_set>();
  return typing_->start(who, now + options_->typing_timeout);
}

result<bool> room_model::on_document(session_ref who, std::uint64_t base, time_point now) {
  touch(now);
  if (!find(who))
    return not_in_room();
  if (base >= largest_version)
    return logic::invalid_payload("\"version\" is too large");
  return true;
}

time_passed room_model::on_time(time_point now) {
  time_passed t;
  if (typing_) {
    for (auto who : typing_->expire(now))
      if (auto m = find(who))
        t.stopped_typing.push_back(*m);
    if (typing_->empty())
      typing_.reset();
  }
  t.idle = members_.empty() && now - last_used_ >= options_->idle_timeout;
  return t;
}

std::optional<time_point> room_model::next_deadline() const {
  std::optional<time_point> next;
  if (typing_)
    next = typing_->next_deadline();
  if (members_.empty()) {
    const auto idle = last_used_ + options_->idle_timeout;
    next = next ? std::min(*next, idle) : idle;
  }
  return next;
}

} // namespace troupe::room
