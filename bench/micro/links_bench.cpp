// What a message between nodes costs: two processes over loopback, messages of 100 B and 1 KB, one by one and 50 in one message,
// with at most 20,000 messages under way; and the way there and back of one small message. Prints messages per second and CPU
// microseconds per message on both sides.
//
//   links_bench [seconds]

#include "base/log.hpp"
#include "net/link/link_server.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

namespace {

using namespace troupe;
using namespace std::chrono_literals;

constexpr std::uint64_t window = 20'000;
constexpr std::uint64_t acked_at_once = 500;

double cpu_us() {
  rusage u{};
  ::getrusage(RUSAGE_SELF, &u);
  auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  return us(u.ru_utime) + us(u.ru_stime);
}

net::link_options options(std::string node) {
  net::link_options o;
  o.cluster = "bench";
  o.secret = "what two processes of a benchmark share";
  o.me = {std::move(node), 1, 1};
  return o;
}

/// Answers: `a` to be acked from time to time, `e` with itself, `c` with its CPU time since the last `c`.
class receiver final : public ports::link_events {
 public:
  receiver() : links(options("b"), *this) {}
  void on_up(const cluster::link_peer&) override {}
  void on_down(const cluster::link_peer&, cluster::link_end) override { std::_Exit(0); }
  void on_message(const cluster::link_peer& from, std::string_view bytes) override {
    if (bytes[0] == 'a') {
      if (++got_ % acked_at_once == 0)
        links.send(from.node, "a");
    } else if (bytes[0] == 'e') {
      links.send(from.node, std::string(bytes));
    } else {
      auto now = cpu_us();
      links.send(from.node, "c" + std::to_string(now - std::exchange(cpu_, now)));
      got_ = 0;
    }
  }

 private:
  std::uint64_t got_ = 0;
  double cpu_ = 0;

 public:
  net::link_server links;
};

class sender final : public ports::link_events {
 public:
  sender() : links(options("a"), *this) {}
  void on_up(const cluster::link_peer&) override { note([&] { up = true; }); }
  void on_down(const cluster::link_peer&, cluster::link_end) override {}
  void on_message(const cluster::link_peer&, std::string_view bytes) override {
    note([&] {
      if (bytes[0] == 'a')
        acked += acked_at_once;
      else
        answer = bytes;
    });
  }
  template<class F>
  void note(F&& f) {
    std::lock_guard lock(mutex);
    f();
    changed.notify_one();
  }
  template<class F>
  void wait(F&& f) {
    std::unique_lock lock(mutex);
    changed.wait(lock, f);
  }
  std::string ask(std::string question) {
    note([&] { answer.clear(); });
    links.send("b", std::move(question));
    wait([&] { return !answer.empty(); });
    return answer;
  }

  std::mutex mutex;
  std::condition_variable changed;
  bool up = false;
  std::uint64_t acked = 0;
  std::string answer;
  net::link_server links;
};

void stream(sender& s, const char* name, std::size_t size, int events, duration time) {
  s.ask("c");
  s.note([&] { s.acked = 0; });
  auto cpu = cpu_us();
  auto began = clock::now();
  std::uint64_t sent = 0;
  while (sent % acked_at_once != 0 || clock::now() - began < time) {
    if (sent % acked_at_once == 0)
      s.wait([&] { return sent - s.acked < window / static_cast<std::uint64_t>(events > 1 ? 20 : 1); });
    s.links.send("b", std::string(size * static_cast<std::size_t>(events), 'a'));
    ++sent;
  }
  s.wait([&] { return s.acked == sent; });
  auto took = std::chrono::duration<double>(clock::now() - began).count();
  auto mine = cpu_us() - cpu, theirs = std::stod(s.ask("c").substr(1));
  auto n = static_cast<double>(sent) * events;
  std::printf("%-22s %10.0f events/s %8.0f MB/s   sender %6.2f us   receiver %6.2f us\n", name, n / took,
              n / took * static_cast<double>(size) / 1e6, mine / n, theirs / n);
}

void there_and_back(sender& s) {
  std::vector<double> us;
  for (int i = 0; i < 20'000; ++i) {
    auto began = clock::now();
    s.ask("e" + std::string(99, 'x'));
    us.push_back(std::chrono::duration<double, std::micro>(clock::now() - began).count());
  }
  std::sort(us.begin(), us.end());
  std::printf("%-22s p50 %.0f us, p99 %.0f us\n", "there and back, 100 B", us[us.size() / 2], us[us.size() * 99 / 100]);
}

} // namespace

int main(int argc, char** argv) {
  log::set_level(log::level::error);
  const duration time(1000 * (argc > 1 ? std::atoi(argv[1]) : 5));
  int ports[2];
  if (::pipe(ports) != 0)
    return 1;
  auto child = ::fork();
  std::uint16_t port = 0;
  if (child == 0) {
    receiver r;
    port = r.links.listen("127.0.0.1", 0).value();
    if (::write(ports[1], &port, sizeof port) != sizeof port)
      return 1;
    for (;;)
      ::pause();
  }
  if (::read(ports[0], &port, sizeof port) != sizeof port)
    return 1;
  {
    sender s;
    s.links.listen("127.0.0.1", 0).value();
    s.links.want({"b", 1, 1}, "127.0.0.1", port);
    s.wait([&] { return s.up; });
    stream(s, "100 B", 100, 1, time);
    stream(s, "1 KB", 1000, 1, time);
    stream(s, "50 x 100 B", 100, 50, time);
    stream(s, "20 x 1 KB", 1000, 20, time);
    there_and_back(s);
    s.links.stop();
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return 0;
}
