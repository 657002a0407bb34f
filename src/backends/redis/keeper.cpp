#include "backends/redis/keeper.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace troupe::redis {
namespace {

constexpr duration settled{1'000}; ///< a connection that ended earlier than this counts as a failed attempt

} // namespace

keeper::keeper(event_loop& loop, const options& o, tls_context* tls, std::string role, locator where, hooks h) :
  loop_(loop), options_(o), tls_(tls), role_(std::move(role)), where_(std::move(where)), hooks_(std::move(h)),
  pause_(loop, [this] { attempt(); }), random_(std::random_device{}()), next_pause_(o.reconnect_min) {}

keeper::~keeper() {
  stop();
}

void keeper::start() {
  attempt();
}

void keeper::stop() {
  *alive_ = false;
  pause_.stop();
  if (auto c = std::exchange(connection_, nullptr))
    c->close(unavailable("the client has ended"));
}

void keeper::attempt() {
  where_([this, alive = alive_](result<endpoint> to) {
    if (!*alive)
      return;
    if (to)
      connect(*to);
    else
      opened(to.error());
  });
}

void keeper::connect(const endpoint& to) {
  connection::request r{
    to, options_.as, options_.database, options_.name, options_.connect_timeout, tls_, before_};
  auto c = std::make_shared<connection>(
    loop_, std::move(r),
    connection::hooks{
      [this, alive = alive_](result<server_facts> facts) {
        if (*alive)
          opened(std::move(facts));
      },
      [this, alive = alive_](const error& why) {
        if (*alive)
          lost(why);
      }});
  connection_ = c;
  c->open();
}

void keeper::opened(result<server_facts> facts) {
  if (facts && facts->role == "slave" && !facts->cluster) {
    connection_->close(unavailable("a replica"));
    facts = unavailable(to_text(connection_->to()) + " is a replica, which takes no writes");
  }
  if (!facts) {
    trouble_ = facts.error().message;
    if (connection_)
      trouble_ = to_text(connection_->to()) + ": " + trouble_;
    if (!std::exchange(said_, true))
      log::warn("redis-unreachable", "role={} why={}: trying again until it answers", role_, trouble_);
    connection_.reset();
    hooks_.failed(unavailable(trouble_));
    return again();
  }
  before_ = *facts;
  since_ = clock::now();
  said_ = false;
  log::info("redis-connected", "role={} server={} run={}", role_, to_text(connection_->to()), facts->run_id);
  if (facts->evicts)
    log::warn("redis-evicts", "server={}: set maxmemory-policy to noeviction, or what nodes agreed on may vanish",
              to_text(connection_->to()));
  hooks_.up();
}

void keeper::lost(const error& why) {
  trouble_ = to_text(connection_->to()) + ": " + why.message;
  said_ = true;
  log::warn("redis-lost", "role={} server={} why={}", role_, to_text(connection_->to()), why.message);
  connection_.reset();
  if (clock::now() - since_ > settled)
    next_pause_ = options_.reconnect_min;
  hooks_.down(unavailable(trouble_));
  again();
}

void keeper::drop(const error& why) {
  auto c = connection_;
  if (!c || !c->open_now())
    return;
  c->close(why);
  lost(why);
}

/// A pause between half and all of what is due, so that nodes do not come all at once.
void keeper::again() {
  if (!*alive_ || pause_.running())
    return;
  auto most = next_pause_.count();
  pause_.start(duration{std::uniform_int_distribution<duration::rep>{most / 2, most}(random_)});
  next_pause_ = std::min(next_pause_ * 2, options_.reconnect_max);
}

} // namespace troupe::redis
