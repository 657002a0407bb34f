#include "backends/redis/client.hpp"

#include "backends/redis/client_core.hpp"

#include <future>
#include <numeric>
#include <utility>

namespace troupe::redis {
namespace {

std::size_t bytes_of(const command& c) {
  return std::accumulate(c.begin(), c.end(), std::size_t{0}, [](auto n, const auto& part) { return n + part.size(); });
}

} // namespace

result<std::shared_ptr<client>> client::make(options o) {
  auto tls = tls_context::make(o);
  if (!tls)
    return tls.error();
  return std::shared_ptr<client>{new client{std::make_unique<client_core>(std::move(o), std::move(*tls))}};
}

client::client(std::unique_ptr<client_core> core) : core_(std::move(core)) {
  core_->loop().post([core = core_.get()] { core->start(); });
}

client::~client() { end(); }

void client::end() {
  if (std::exchange(ended_, true))
    return;
  core_->loop().post([core = core_.get()] { core->stop(); });
  core_->loop().stop();
}

void client::send(command c, std::string route, done d) {
  auto bytes = bytes_of(c);
  auto& loop = core_->loop();
  if (!core_->admit(bytes)) {
    loop.post([d = std::move(d)] { d(error{"redis_busy", "too many commands wait for Redis (redis.max_commands)"}); });
    return;
  }
  request r;
  r.parts = std::move(c);
  r.route = std::move(route);
  r.deadline = clock::now() + core_->settings().timeout;
  r.bytes = bytes;
  r.done = std::move(d);
  loop.post([core = core_.get(), r = std::move(r)]() mutable { core->dispatch(std::move(r)); });
}

void client::run(const script& s, const std::vector<std::string>& keys, std::vector<std::string> arguments, done d) {
  command c{"EVALSHA", s.sha, std::to_string(keys.size())};
  c.reserve(3 + keys.size() + arguments.size());
  c.insert(c.end(), keys.begin(), keys.end());
  std::move(arguments.begin(), arguments.end(), std::back_inserter(c));
  if (core_->first_use(s.sha))
    core_->loop().post([core = core_.get(), s] { core->learn(s); });
  send(std::move(c), keys.front(), std::move(d));
}

void client::wait_for_replicas(std::vector<std::string> keys, std::size_t replicas, duration at_most, replicas_word d) {
  core_->loop().post([core = core_.get(), keys = std::move(keys), replicas, at_most, d = std::move(d)]() mutable {
    core->ask_replicas(keys, replicas, at_most, std::move(d));
  });
}

void client::publish(std::string channel, std::string bytes) {
  auto& counts = core_->counters();
  if (!up()) {
    ++counts.publish_dropped;
    return;
  }
  auto route = channel;
  send({"PUBLISH", std::move(channel), std::move(bytes)}, std::move(route), [&counts](const result<answer>& r) {
    ++(r && !r->reply.is_error() ? counts.published : counts.publish_dropped);
  });
}

void client::subscribe(owner who, std::string channel, message_handler h) {
  core_->loop().post([core = core_.get(), who, channel = std::move(channel), h = std::move(h)]() mutable {
    core->subscriptions().add(who, channel, std::move(h));
  });
}

void client::unsubscribe(owner who, std::string channel) {
  core_->loop().post([core = core_.get(), who, channel = std::move(channel)] { core->subscriptions().remove(who, channel); });
}

void client::on_state(owner who, state_handler h) {
  core_->loop().post(
    [core = core_.get(), who, h = std::move(h)]() mutable { core->subscriptions().on_state(who, std::move(h)); });
}

void client::forget(owner who) {
  if (ended_ || core_->loop().on_this_thread())
    return core_->subscriptions().forget(who);
  std::promise<void> gone;
  core_->loop().post([&] {
    core_->subscriptions().forget(who);
    gone.set_value();
  });
  gone.get_future().wait();
}

bool client::up() const {
  return core_->up();
}

const metrics& client::counters() const {
  return core_->counters();
}

const options& client::settings() const {
  return core_->settings();
}

} // namespace troupe::redis
