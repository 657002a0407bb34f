// Start and stop, in mirror order.

#include "actors/cluster_setup.hpp"
#include "actors/directory.hpp"
#include "actors/keys_actor.hpp"
#include "actors/parts.hpp"
#include "actors/saved_journals.hpp"
#include "base/log.hpp"

#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <future>
#include <thread>

namespace troupe::actors {
namespace {

/// Tells when the last holder of a token has let go.
class stage {
 public:
  std::shared_ptr<void> token() {
    return {nullptr, [done = done_](void*) { done->set_value(); }};
  }
  std::future<void> over() { return done_->get_future(); }

 private:
  std::shared_ptr<std::promise<void>> done_ = std::make_shared<std::promise<void>>();
};

options fitting(options o, const dependencies& d) {
  o.presence.queue_offline &= d.offline != nullptr;
  return o;
}

} // namespace

actor_layer::parts::parts(dependencies d, options o, surroundings s)
  : loops(d.loops), hub(std::make_shared<class hub>(d, fitting(o, d), std::move(s))) {
  config.set("scheduler.policy", virtual_time() ? caf::atom("testing") : caf::atom("sharing"));
  config.set("scheduler.max-threads", std::size_t{o.scheduler_threads});
  system = std::make_unique<caf::actor_system>(config);
  for (std::uint16_t i = 0; i < d.egress.shards(); ++i) {
    auto unit = virtual_time() ? nullptr : std::make_shared<shard_unit>(*system, *loops.at(i));
    shards.push_back(std::shared_ptr<shard>(new shard(i, *system, *hub, std::move(unit)),
                                            [hub = hub](shard* gone) { delete gone; })); // a shard keeps the hub alive
    hub->directories.push_back(system->spawn<directory>(shards.back()));
  }
  for (auto& home : shards) {
    home->timers.start(*system, hub->directories[home->index]);
    if (!d.cluster)
      home->slots.alone(hub->opts.me);
  }
  hub->log = d.log;
  hub->sessions = d.sessions;
  hub->offline = d.offline;
  if (d.sessions)
    hub->journals = std::make_shared<saved_journals>(*d.sessions);
  if (d.cluster)
    join(*d.cluster);
  acceptor = std::make_unique<connection_acceptor>(shards);
}

void actor_layer::parts::join(cluster_setup& c) {
  router = &c.router;
  hub->own_id = c.me.id;
  hub->links = &c.ports.links;
  hub->log = &c.ports.log;
  if (c.keys) {
    hub->record = std::make_shared<public_record>(c.me.id, c.keys_options, c.ports.bus, [h = hub.get()] { caf::anon_send(h->keys, keys_waiting{}); });
    hub->keys = system->spawn<keys_actor>(hub, *c.keys, c.ports.registry, c.me.number);
  }
  hub->cluster = system->spawn<cluster_actor>(hub, c.ports, c.options, c.me, c.listeners);
  c.router.use(hub);
}

void actor_layer::parts::run_ready() {
  if (virtual_time())
    dynamic_cast<caf::scheduler::test_coordinator&>(system->scheduler()).run();
}

bool actor_layer::stop(duration limit) {
  if (parts_->stopped.exchange(true))
    return true;
  const auto deadline = clock::now() + limit;
  stage connections;
  auto closed = connections.over();
  {
    auto token = connections.token();
    for (auto& part : parts_->hub->directories)
      caf::anon_send(part, close_connections{token});
  }
  parts_->run_ready();
  if (closed.wait_until(deadline) != std::future_status::ready)
    log::warn("stop-late", "connections={}: not all have ended in time", parts_->hub->counts.connections.get());
  if (parts_->hub->sessions && parts_->hub->links) {
    stage journals;
    auto kept = journals.over();
    parts_->hub->leave_journals(journals.token());
    if (kept.wait_until(deadline) != std::future_status::ready)
      log::warn("stop-late", "The journals are not kept: clients of this node may get messages twice.");
  }
  if (parts_->router)
    parts_->router->release();
  if (parts_->hub->cluster)
    caf::anon_send(parts_->hub->cluster, leave_cluster{});
  if (parts_->hub->keys)
    caf::anon_send(parts_->hub->keys, leave_cluster{});
  for (auto& part : parts_->hub->directories)
    caf::anon_send(part, end_entries{});
  parts_->run_ready();
  // The system offers no waiting with a limit, so somebody else waits.
  stage actors;
  auto ended = actors.over();
  std::thread waiter([token = actors.token(), system = parts_->system.get()]() mutable {
    system->await_all_actors_done();
    token.reset();
  });
  if (ended.wait_until(deadline) != std::future_status::ready) {
    log::error("stop-failed", "rooms={} presences={}: actors are left", parts_->hub->counts.rooms.get(),
               parts_->hub->counts.presences.get());
    waiter.detach();
    return false;
  }
  waiter.join();
  return true;
}

actor_layer::~actor_layer() {
  if (!stop(duration(10'000))) {
    parts_->system->await_actors_before_shutdown(false);
    return;
  }
  parts_->acceptor.reset();
  for (auto& home : parts_->shards)
    home->timers.stop();
  parts_->hub->directories.clear();
  parts_->hub->acks.forget_all();
  parts_->hub->cluster = nullptr;
  parts_->hub->keys = nullptr;
}

} // namespace troupe::actors
