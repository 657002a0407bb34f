#pragma once
// A link server for tests, and a record of what it reported.

#include "net/link/link_server.hpp"

#include <catch2/catch_test_macros.hpp>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::testing {

using namespace std::chrono_literals;
using cluster::link_end;
using cluster::link_peer;
using cluster::link_refusal;

inline net::link_options link_options_of(std::string node, std::uint64_t incarnation = 1) {
  net::link_options o;
  o.cluster = "tests";
  o.secret = "a secret of thirty-two characters";
  o.me = {std::move(node), incarnation, static_cast<std::uint16_t>(incarnation)};
  return o;
}

class link_node final : public ports::link_events {
 public:
  explicit link_node(net::link_options o, std::uint16_t at = 0) : server(std::move(o), *this) {
    auto got = server.listen("127.0.0.1", at);
    REQUIRE(got.has_value());
    port = *got;
  }
  explicit link_node(std::string node) : link_node(link_options_of(std::move(node))) {}
  ~link_node() override { server.stop(); }

  const link_peer& me() const { return server.options().me; }
  void want(const link_node& other) { server.want(other.me(), "127.0.0.1", other.port); }

  /// Both ways, and waits until both know.
  void link_to(link_node& other) {
    want(other);
    other.want(*this);
    REQUIRE(is_up(other.me().node));
    REQUIRE(other.is_up(me().node));
  }
  bool is_up(const std::string& node) {
    return wait([&] { return up.contains(node); });
  }
  bool went_down(const std::string& node, link_end why, int times = 1) {
    return wait([&] { return downs[{node, why}] >= times; });
  }
  template<class F>
  bool wait(F&& f, std::chrono::milliseconds at_most = 20s) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, at_most, f);
  }
  /// The history so far.
  std::vector<std::string> told() {
    std::lock_guard lock(mutex);
    return history;
  }
  std::uint64_t refused(link_refusal r) const { return server.counters().refused[static_cast<std::size_t>(r)]; }
  std::uint64_t refused_us(link_refusal r) const { return server.counters().refused_us[static_cast<std::size_t>(r)]; }

  std::uint16_t port = 0;
  // What follows is read under the lock, as `wait` and `told` do, or when nothing can change it any more.
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, link_peer> up;
  std::map<std::pair<std::string, link_end>, int> downs;
  std::vector<std::string> history;                  ///< "up a 1", "down a 1 reset"
  std::map<std::string, std::vector<std::string>> messages; ///< by sender, unless `on_bytes` takes them
  std::function<void(const link_peer&, std::string_view)> on_bytes; ///< on the links' thread; set before linking

 private:
  void on_up(const link_peer& p) override {
    std::lock_guard lock(mutex);
    up[p.node] = p;
    history.push_back("up " + p.node + " " + std::to_string(p.incarnation));
    changed.notify_all();
  }
  void on_down(const link_peer& p, link_end why) override {
    std::lock_guard lock(mutex);
    if (why != link_end::refused)
      up.erase(p.node);
    ++downs[{p.node, why}];
    history.push_back("down " + p.node + " " + std::to_string(p.incarnation) + " " + std::to_string(static_cast<int>(why)));
    changed.notify_all();
  }
  void on_message(const link_peer& p, std::string_view bytes) override {
    if (on_bytes)
      return on_bytes(p, bytes);
    std::lock_guard lock(mutex);
    messages[p.node].emplace_back(bytes);
    changed.notify_all();
  }

 public:
  net::link_server server; ///< the last member: its thread ends before the rest is gone
};

/// Asks again and again, for what nobody announces.
template<class F>
bool eventually(F&& f, std::chrono::milliseconds at_most = 20s) {
  for (auto end = clock::now() + at_most; clock::now() < end; std::this_thread::sleep_for(2ms))
    if (f())
      return true;
  return f();
}

} // namespace troupe::testing
