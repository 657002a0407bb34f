#include "actors/pinned.hpp"

#include "actors/directory.hpp"
#include "actors/hub.hpp"
#include "base/log.hpp"

#include <caf/send.hpp>

namespace troupe::actors {
namespace {

std::string what_of(const std::exception_ptr& e) {
  try {
    std::rethrow_exception(e);
  } catch (const std::exception& x) {
    return x.what();
  } catch (...) {
    return "no std::exception";
  }
}

} // namespace

pinned::pinned(caf::actor_config& cfg, shard& home) : caf::event_based_actor(cfg), home_(home) {
  set_exception_handler([this](caf::scheduled_actor*, std::exception_ptr& e) -> caf::error {
    hub().counts.actor_failures.add();
    log::error("actor-failed", "actor={} what={}", describe(), what_of(e));
    return caf::make_error(caf::exit_reason::unhandled_exception);
  });
}

void pinned::enqueue(caf::mailbox_element_ptr message, caf::execution_unit*) {
  event_based_actor::enqueue(std::move(message), home_.unit.get());
}

void pinned::launch(caf::execution_unit* unit, bool lazy, bool hide) {
  event_based_actor::launch(home_.unit ? home_.unit.get() : unit, lazy, hide);
}

void pinned::send_to_room(std::string key, room_op what) {
  const auto at = hub().home_of(key);
  if (at != home_.index)
    return hub().to_room(std::move(key), std::move(what));
  if (home_.here && home_.rooms_unread == 0 && home_.here->forward(key, what))
    return;
  ++home_.rooms_unread;
  caf::anon_send(hub().directories[at], actors::to_room{std::move(key), std::move(what), true});
}

void pinned::on_exit() {
  wake_at(std::nullopt);
  on_end();
}

} // namespace troupe::actors
