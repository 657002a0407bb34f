#include "backends/redis/subscriptions.hpp"

namespace troupe::redis {
namespace {

constexpr duration pulse_every{1'000};

} // namespace

subscriptions::subscriptions(event_loop& loop, const options& o, metrics& counts, tls_context* tls, locator where) :
  loop_(loop), options_(o), counts_(counts), pulse_channel_(o.prefix + "pulse"), pulse_(loop, [this] { look_alive(); }),
  keeper_(
    loop, o, tls, "subscriptions", std::move(where),
    keeper::hooks{
      [this] { come_up(); }, [this](const error&) { go_down(); }, [](const error&) {}}) {}

void subscriptions::stop() {
  pulse_.stop();
  keeper_.stop();
  go_down();
}

void subscriptions::add(client::owner who, const std::string& name, client::message_handler h) {
  channels_[name].handlers[who] = std::move(h);
  settle(name);
}

void subscriptions::remove(client::owner who, const std::string& name) {
  if (auto at = channels_.find(name); at != channels_.end()) {
    at->second.handlers.erase(who);
    settle(name);
  }
}

void subscriptions::on_state(client::owner who, client::state_handler h) {
  h(up_);
  states_[who] = std::move(h);
}

void subscriptions::forget(client::owner who) {
  states_.erase(who);
  std::vector<std::string> names;
  for (const auto& [name, c] : channels_)
    if (c.handlers.contains(who))
      names.push_back(name);
  for (const auto& name : names)
    remove(who, name);
}

/// The pulse comes last: when it is confirmed, everything before it works.
void subscriptions::come_up() {
  std::vector<std::string> names;
  for (const auto& [name, c] : channels_)
    names.push_back(name);
  for (const auto& name : names)
    settle(name);
  look_alive();
}

void subscriptions::go_down() {
  pulse_.stop();
  asked_ = {};
  std::erase_if(channels_, [](const auto& entry) { return entry.second.handlers.empty(); });
  for (auto& [name, c] : channels_)
    c.on = c.changing = false;
  tell(false);
}

void subscriptions::look_alive() {
  auto* c = keeper_.up();
  if (!c)
    return;
  if (asked_ != time_point{}) {
    if (clock::now() - asked_ < options_.timeout)
      return pulse_.start(pulse_every);
    ++counts_.timeouts;
    return keeper_.drop(unavailable("no sign of life on the connection that listens"));
  }
  asked_ = clock::now();
  c->subscribe(pulse_channel_, [this](const reply& push) { read(push); });
  pulse_.start(pulse_every);
}

/// Asks Redis for what is wanted, if nothing is under way and it is not so already.
void subscriptions::settle(const std::string& name) {
  auto at = channels_.find(name);
  auto& c = at->second;
  bool wanted = !c.handlers.empty();
  auto* up = keeper_.up();
  if (up && !c.changing && c.on != wanted) {
    c.changing = true;
    if (wanted)
      up->subscribe(name, [this](const reply& push) { read(push); });
    else
      up->unsubscribe(name);
  } else if (!wanted && !c.on && !c.changing) {
    channels_.erase(at);
  }
}

void subscriptions::read(const reply& push) {
  if (!push.is_list(3))
    return;
  const auto& kind = push.items[0].text;
  const auto& name = push.items[1].text;
  if (kind == "message")
    return deliver(name, push.items[2].text);
  if (name == pulse_channel_) {
    asked_ = {};
    return tell(true);
  }
  if (auto at = channels_.find(name); at != channels_.end()) {
    at->second.on = kind == "subscribe";
    at->second.changing = false;
    settle(name);
  }
}

/// A handler may subscribe and unsubscribe, whomever.
void subscriptions::deliver(const std::string& name, const std::string& bytes) {
  ++counts_.received;
  auto at = channels_.find(name);
  if (at == channels_.end())
    return;
  auto handlers = at->second.handlers;
  for (const auto& [who, h] : handlers) {
    auto still = channels_.find(name);
    if (still != channels_.end() && still->second.handlers.contains(who))
      h(name, bytes);
  }
}

void subscriptions::tell(bool up) {
  if (std::exchange(up_, up) == up)
    return;
  auto told = states_;
  for (const auto& [who, h] : told)
    if (states_.contains(who))
      h(up);
}

} // namespace troupe::redis
