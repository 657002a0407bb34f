#include "actors/connection_sink.hpp"

#include "actors/connection.hpp"
#include "actors/hub.hpp"
#include "base/log.hpp"

#include <caf/send.hpp>

namespace troupe::actors {

connection_sink::connection_sink(std::shared_ptr<shard> home, session_ref who)
  : home_(std::move(home)), who_(who), decoder_(home_->hub.opts.limit) {}

connection_sink::~connection_sink() { tell_over(engineio::close_reason::transport_close); }

void connection_sink::on_message(std::string_view bytes, bool binary) {
  if (ended_)
    return;
  const auto connection = home_->connections.find(who_);
  if (!connection)
    return;
  auto packet = decoder_.on_message(bytes, binary);
  if (packet && !*packet)
    return; // attachments are missing yet
  if (packet) {
    inbound in{std::move(**packet), decoder_.format()};
    auto& actor = static_cast<class connection&>(*caf::actor_cast<caf::abstract_actor*>(*connection));
    if (!actor.take_now(in))
      caf::anon_send(*connection, std::move(in));
    return;
  }
  ended_ = true;
  auto& hub = home_->hub;
  hub.counts.parse_errors.add();
  log::info("parse-error", "session={} message={}", to_text(who_), packet.error().message);
  hub.egress.submit(who_.shard, ports::close_session{who_, engineio::close_reason::parse_error});
}

void connection_sink::on_close(engineio::close_reason why) { tell_over(why); }

void connection_sink::tell_over(engineio::close_reason why) {
  ended_ = true;
  if (std::exchange(told_, true))
    return;
  if (auto connection = home_->connections.find(who_))
    caf::anon_send(*connection, connection_op{session_over{why}});
}

void connection_sink::on_control(const ports::control& c) {
  if (auto connection = home_->connections.find(who_); connection && !ended_)
    caf::anon_send(*connection, connection_op{c});
}

std::unique_ptr<ports::session_sink> connection_acceptor::on_open(session_ref ref, engineio::handshake_ptr shake) {
  auto& home = shards_.at(ref.shard);
  if (!home->stopping)
    home->connections.insert(ref, home->system.spawn<connection, caf::lazy_init>(*home, ref, std::move(shake)));
  return std::make_unique<connection_sink>(home, ref);
}

} // namespace troupe::actors
