// What one small send costs by the ways Linux offers: send(), MSG_ZEROCOPY, and io_uring in batches. Loopback sockets, one reader
// process; CPU time of the sender per million sends, the least of five rounds.
//
//   send_ways [bytes] [sockets]

#include <liburing.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

namespace {

constexpr int rounds = 5, passes = 200;

double cpu_seconds() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  auto s = [](timeval t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
  return s(u.ru_utime) + s(u.ru_stime);
}

void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
}

/// Connected pairs; the far ends are read by a child process until it is killed.
struct peers {
  std::vector<int> near, far;
  pid_t reader = -1;

  explicit peers(int n) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (bind(listener, reinterpret_cast<sockaddr*>(&at), size) || listen(listener, 1024) ||
        getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size))
      std::perror("listen"), std::exit(1);
    for (int i = 0; i < n; ++i) {
      int a = socket(AF_INET, SOCK_STREAM, 0);
      if (connect(a, reinterpret_cast<sockaddr*>(&at), size))
        std::perror("connect"), std::exit(1);
      setsockopt(a, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      near.push_back(a);
      far.push_back(accept(listener, nullptr, nullptr));
    }
    close(listener);
    reader = fork();
    if (reader == 0)
      read_for_ever();
    for (int f : far)
      close(f);
  }
  ~peers() {
    kill(reader, SIGKILL);
    waitpid(reader, nullptr, 0);
    for (int f : near)
      close(f);
  }
  [[noreturn]] void read_for_ever() {
    pin(1);
    int e = epoll_create1(0);
    for (int f : far) {
      epoll_event ev{EPOLLIN, {.fd = f}};
      epoll_ctl(e, EPOLL_CTL_ADD, f, &ev);
    }
    static char buffer[1 << 16];
    epoll_event ready[256];
    for (;;)
      for (int i = 0, n = epoll_wait(e, ready, 256, -1); i < n; ++i)
        if (recv(ready[i].data.fd, buffer, sizeof buffer, 0) <= 0)
          _exit(0);
  }
};

void measure(const char* name, int bytes, int sockets, const std::function<void(const std::vector<int>&, const std::string&)>& one_pass) {
  std::string message(static_cast<std::size_t>(bytes), 'x');
  double least = 1e9;
  for (int r = 0; r < rounds; ++r) {
    peers p(sockets);
    one_pass(p.near, message);
    double before = cpu_seconds();
    for (int i = 0; i < passes; ++i)
      one_pass(p.near, message);
    least = std::min(least, (cpu_seconds() - before) / (double(passes) * sockets) * 1e6);
  }
  std::printf("%-28s %5d bytes  %.2f CPU-s per million\n", name, bytes, least);
}

void plain(const std::vector<int>& to, const std::string& m) {
  for (int f : to)
    if (send(f, m.data(), m.size(), 0) < 0)
      std::perror("send"), std::exit(1);
}

void zerocopy(const std::vector<int>& to, const std::string& m) {
  int one = 1;
  for (int f : to) {
    setsockopt(f, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof one);
    if (send(f, m.data(), m.size(), MSG_ZEROCOPY) < 0)
      std::perror("send zerocopy"), std::exit(1);
  }
  for (int f : to) { // the buffer may be used again only after this
    char control[128];
    msghdr h{};
    h.msg_control = control;
    h.msg_controllen = sizeof control;
    for (pollfd p{f, 0, 0}; recvmsg(f, &h, MSG_ERRQUEUE) < 0;)
      poll(&p, 1, -1);
  }
}

std::function<void(const std::vector<int>&, const std::string&)> ring(io_uring& r, unsigned batch) {
  return [&r, batch](const std::vector<int>& to, const std::string& m) {
    for (std::size_t i = 0; i < to.size();) {
      unsigned n = 0;
      for (; n < batch && i < to.size(); ++n, ++i)
        io_uring_prep_send(io_uring_get_sqe(&r), to[i], m.data(), m.size(), 0);
      io_uring_submit_and_wait(&r, n);
      io_uring_cqe* done;
      for (unsigned k = 0; k < n; ++k) {
        if (io_uring_wait_cqe(&r, &done) || done->res < 0)
          std::fputs("io_uring send failed\n", stderr), std::exit(1);
        io_uring_cqe_seen(&r, done);
      }
    }
  };
}

} // namespace

int main(int argc, char** argv) {
  int bytes = argc > 1 ? std::atoi(argv[1]) : 150, sockets = argc > 2 ? std::atoi(argv[2]) : 1000;
  pin(0);
  measure("send()", bytes, sockets, plain);
  measure("send(MSG_ZEROCOPY)", bytes, sockets, zerocopy);
  io_uring r;
  if (io_uring_queue_init(1024, &r, 0) == 0) {
    measure("io_uring, 64 at a time", bytes, sockets, ring(r, 64));
    measure("io_uring, 512 at a time", bytes, sockets, ring(r, 512));
    io_uring_queue_exit(&r);
  } else {
    std::puts("io_uring is not available here");
  }
}
