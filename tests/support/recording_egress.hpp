#pragma once

#include "core/frame/frame.hpp"
#include "ports/egress.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

/// The shards' side of the egress, without sockets: keeps the fan-out index and remembers, per session, the packets that
/// would have been written, as text (`42["hi",1]`; a binary attachment as `<3 bytes>`). Operations take effect at once.
/// One thread.
class recording_egress : public ports::egress {
 public:
  explicit recording_egress(std::uint16_t shards) : shards_(shards), journals_(shards, recovery::journal(1000)) {}

  std::uint16_t shards() const override { return shards_; }

  void submit(std::uint16_t shard, ports::egress_op op) override {
    if (before_submit)
      before_submit(op);
    std::visit([&](auto& o) { apply(shard, o); }, op);
  }
  void send_now(session_ref who, frame_ptr what) override { write(who, what); }
  void namespace_joined(session_ref who) override { joined.insert(who); }
  void hold(session_ref who) override { ++held_[who].holds; }
  void release(session_ref who, std::vector<frame_ptr> first, bool keep) override {
    auto& held = held_.at(who);
    if (!keep)
      held.frames.clear();
    held.frames.insert(held.frames.begin(), first.begin(), first.end());
    if (--held.holds > 0)
      return;
    const auto over = held_.extract(who);
    for (auto& f : over.mapped().frames)
      write(who, f);
  }
  bool writable_now(session_ref who) const override { return !blocked.contains(who); }

  /// What a session was sent since the last call.
  std::vector<std::string> take(session_ref who) { return std::exchange(written_[who], {}); }
  bool in_room(const std::string& key, session_ref who) const {
    auto i = rooms_.find(key);
    return i != rooms_.end() && i->second.contains(who);
  }
  void open(session_ref who) { sessions_.insert(who); }
  /// As net does before it calls `on_close`.
  void forget(session_ref who) {
    sessions_.erase(who);
    for (auto& [key, members] : rooms_)
      members.erase(who);
  }

  std::function<void(const ports::egress_op&)> before_submit; ///< may throw, to make an actor fail
  std::function<void(session_ref, const ports::control&)> on_control;
  std::function<void(session_ref, std::size_t packets)> on_write;
  std::deque<ports::close_session> closings;                  ///< asked for, not yet carried out
  std::set<session_ref> joined;
  std::set<session_ref> blocked;

 private:
  void apply(std::uint16_t, const ports::roster_join& o) {
    if (sessions_.contains(o.who))
      rooms_[o.room].insert(o.who);
  }
  void apply(std::uint16_t, const ports::roster_leave& o) { rooms_[o.room].erase(o.who); }
  void apply(std::uint16_t shard, const ports::fan_out& o) {
    std::size_t reached = 0;
    for (auto who : selected(shard, *o.to)) {
      write(who, o.what->text);
      ++reached;
    }
    if (o.counted)
      o.counted(reached);
  }
  void apply(std::uint16_t shard, const ports::copy_journal& o) { o.found(journals_.at(shard).encode()); }
  void apply(std::uint16_t shard, const ports::ask_journal& o) { o.found(journals_.at(shard).before(o.event, o.rooms)); }
  void apply(std::uint16_t shard, const ports::fan_out_room& o) {
    if (o.said.room)
      journals_.at(shard).add(o.said);
    for (auto who : rooms_[*o.room])
      if (who.shard == shard && who != o.except)
        write(who, o.what->text);
  }
  void apply(std::uint16_t, const ports::send_to& o) { write(o.who, o.what->text); }
  void apply(std::uint16_t, const ports::close_session& o) { closings.push_back(o); }
  void apply(std::uint16_t shard, const ports::control_all& o) {
    for (auto who : selected(shard, *o.to))
      if (on_control)
        on_control(who, *o.what);
  }
  void apply(std::uint16_t shard, const ports::list_members& o) {
    std::vector<session_ref> found;
    for (auto who : rooms_[o.room])
      if (who.shard == shard)
        found.push_back(who);
    o.found(std::move(found));
  }

  std::set<session_ref> selected(std::uint16_t shard, const ports::target& to) {
    std::set<session_ref> all(to.sessions.begin(), to.sessions.end());
    for (auto& key : to.rooms)
      all.insert(rooms_[key].begin(), rooms_[key].end());
    for (auto& key : to.except)
      for (auto who : rooms_[key])
        all.erase(who);
    for (auto who : to.except_sessions)
      all.erase(who);
    std::erase_if(all, [&](session_ref who) { return who.shard != shard || !sessions_.contains(who); });
    return all;
  }

  void write(session_ref who, const frame_ptr& f) {
    if (!sessions_.contains(who) || (f->is_volatile() && blocked.contains(who)))
      return;
    if (auto held = held_.find(who); held != held_.end())
      return held->second.frames.push_back(f);
    if (on_write)
      on_write(who, f->segments().size());
    for (auto& s : f->segments())
      written_[who].push_back(s.binary ? "<" + std::to_string(s.size) + " bytes>" : std::string(f->payload(s)));
  }

  std::uint16_t shards_;
  std::set<session_ref> sessions_;
  std::map<std::string, std::set<session_ref>> rooms_;
  std::map<session_ref, std::vector<std::string>> written_;
  struct held_back {
    int holds = 0;
    std::vector<frame_ptr> frames;
  };
  std::map<session_ref, held_back> held_;
  std::vector<recovery::journal> journals_;
};

} // namespace troupe::test
