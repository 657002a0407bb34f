#include "net/link/tunnel_pump.hpp"

#include <algorithm>

namespace troupe::net {

void tunnel_pump::start() {
  thread_ = std::thread([this] { run(); });
}

void tunnel_pump::stop() {
  if (!thread_.joinable())
    return;
  stopped_ = true;
  post(std::function<void()>([] {}));
  thread_.join();
}

tunnels::verdict tunnel_pump::take(tunnel_request& r) {
  auto route = links_.route_to(r.node);
  if (!route) {
    ++counters_.refused_unknown;
    return verdict::unknown;
  }
  if (open_.fetch_add(1) >= max_) {
    open_.fetch_sub(1);
    ++counters_.refused_full;
    return verdict::full;
  }
  post(std::unique_ptr<passenger>(new passenger{std::move(r), std::move(*route)}));
  return verdict::taken;
}

void tunnel_pump::post(task t) {
  if (inbox_.put(std::move(t)))
    loop_.poller.wake();
}

void tunnel_pump::run() {
  while (!stopped_) {
    loop_.poller.wait(next_wake());
    loop_.now = clock::now();
    loop_.poller.dispatch();
    inbox_.drain([this](task&& t) {
      if (auto* p = std::get_if<0>(&t))
        begin(**p);
      else
        std::get<1>(t)();
    });
    loop_.wheel.advance(loop_.now);
    for (auto* l : std::exchange(unfinished_, {}))
      l->carry();
    graveyard_.clear();
  }
  lines_.clear();
  inbox_.drain([](task&&) {});
}

std::optional<time_point> tunnel_pump::next_wake() {
  if (!unfinished_.empty())
    return time_point::min();
  loop_.poller.announce_sleep();
  if (!inbox_.empty() || stopped_)
    return time_point::min();
  return loop_.wheel.next();
}

void tunnel_pump::begin(passenger& p) {
  auto& links = links_;
  auto hello = links.hello();
  hello.to = p.route.node;
  hello.kind = cluster::link_kind::tunnel;
  hello.client = p.request.from.peer;
  hello.client_secure = p.request.from.secure;
  hello.hops = static_cast<std::uint8_t>(p.request.from.hops + 1);
  auto frame = std::make_shared<std::string>();
  cluster::append_frame(*frame, cluster::frame_kind::hello, encode(hello));
  tunnel_line::owner& me = *this;
  auto route = p.route;
  auto* line = lines_.emplace_back(std::make_unique<tunnel_line>(loop_, counters_, me, std::move(p.request), route)).get();
  metrics::add(counters_.open);
  if (auto to = numeric_address(route.host, route.port))
    return line->connect(*to, links.tls().dialling_ssl(), *frame);
  resolver_.resolve(route.host, route.port, [this, line, frame](std::optional<socket_address> to) {
    post(std::function<void()>([this, line, frame, to] {
      // It waits for this alone: no timer runs yet.
      if (to)
        line->connect(*to, links_.tls().dialling_ssl(), *frame);
      else
        line->fail_unreachable();
    }));
  });
}

void tunnel_pump::on_line_over(tunnel_line& who) {
  std::erase(unfinished_, &who);
  auto found = std::find_if(lines_.begin(), lines_.end(), [&](auto& l) { return l.get() == &who; });
  if (found == lines_.end())
    return;
  graveyard_.push_back(std::move(*found));
  lines_.erase(found);
  metrics::sub(counters_.open);
  open_.fetch_sub(1);
}

} // namespace troupe::net
