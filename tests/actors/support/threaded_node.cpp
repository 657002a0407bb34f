#include "threaded_node.hpp"

#include "base/log.hpp"

#include <stdexcept>

namespace troupe::test {

threaded_egress::threaded_egress(std::uint16_t shards) : index_(shards) {
  for (std::uint16_t i = 0; i < shards; ++i)
    loops.push_back(std::make_unique<thread_loop>());
  index_.on_write = [this](session_ref who, std::size_t packets) {
    sent_[who] += packets;
    changed_.notify_all();
  };
}

void threaded_egress::submit(std::uint16_t shard, ports::egress_op op) {
  loops[shard]->post([this, shard, op = std::move(op)] {
    std::unique_lock lock(mutex_);
    index_.submit(shard, op);
    auto closings = std::exchange(index_.closings, {});
    lock.unlock();
    for (auto& c : closings)
      on_closing(c);
  });
}

void threaded_egress::send_now(session_ref who, frame_ptr what) {
  check(who.shard);
  if (who.slot == failing_slot)
    throw std::runtime_error("poison");
  std::lock_guard lock(mutex_);
  index_.send_now(who, std::move(what));
}

void threaded_egress::hold(session_ref who) {
  check(who.shard);
  std::lock_guard lock(mutex_);
  index_.hold(who);
}

void threaded_egress::release(session_ref who, std::vector<frame_ptr> first, bool keep) {
  check(who.shard);
  std::lock_guard lock(mutex_);
  index_.release(who, std::move(first), keep);
}

bool threaded_egress::await(session_ref who, std::size_t packets) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return sent_[who] >= packets; });
}

lines threaded_egress::take(session_ref who) {
  std::lock_guard lock(mutex_);
  return index_.take(who);
}

void threaded_egress::open(session_ref who) {
  std::lock_guard lock(mutex_);
  index_.open(who);
}

void threaded_egress::forget(session_ref who) {
  std::lock_guard lock(mutex_);
  index_.forget(who);
}

threaded_node::threaded_node(std::uint16_t shards)
  : egress(shards), authenticator_(make_honest_authenticator()), namespaces_(make_namespaces(lab)) {
  log::set_level(log::level::off);
  egress.on_closing = [this](const ports::close_session& c) { drop(c.who, c.why); };
  std::vector<ports::run_loop*> loops;
  for (auto& loop : egress.loops)
    loops.push_back(loop.get());
  actors::options o;
  o.limit.events_per_minute = 0;
  layer = std::make_unique<actors::actor_layer>(
    actors::dependencies{egress, std::move(loops), *authenticator_, *namespaces_, counts}, o);
}

threaded_node::~threaded_node() {
  layer->stop(duration(60'000)); // while the shards' threads still run
  egress.loops.clear();
}

session_ref threaded_node::open(std::uint16_t shard) {
  const session_ref who{shard, next_slot_++, 3};
  egress.open(who);
  egress.loops[shard]->post([this, who] {
    auto sink = layer->acceptor().on_open(who, nullptr);
    std::lock_guard lock(mutex_);
    sinks_[who] = std::move(sink);
  });
  return who;
}

void threaded_node::say(session_ref who, std::string wire) {
  egress.loops[who.shard]->post([this, who, wire = std::move(wire)] {
    ports::session_sink* sink = nullptr;
    {
      std::lock_guard lock(mutex_);
      if (auto i = sinks_.find(who); i != sinks_.end())
        sink = i->second.get();
    }
    if (sink)
      sink->on_message(std::string_view(wire).substr(1), false);
  });
}

void threaded_node::drop(session_ref who, engineio::close_reason why) {
  egress.loops[who.shard]->post([this, who, why] {
    egress.forget(who);
    std::unique_ptr<ports::session_sink> sink;
    {
      std::lock_guard lock(mutex_);
      if (auto i = sinks_.find(who); i != sinks_.end()) {
        sink = std::move(i->second);
        sinks_.erase(i);
      }
    }
    if (sink)
      sink->on_close(why);
  });
}

} // namespace troupe::test
