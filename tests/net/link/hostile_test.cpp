// Whoever does not know the secret gets nowhere, and disturbs nobody.

#include "net/link/link_node.hpp"
#include "net/link/relay.hpp"

#include "core/cluster/link_frames.hpp"

#include <random>

using namespace troupe;
using namespace troupe::testing;
using cluster::frame_kind;

namespace {

/// A blocking client with any pipe.
class client {
 public:
  explicit client(std::uint16_t port) : fd_(connect_to(port)) {
    timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~client() { ::close(fd_); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  void send(std::string_view bytes) { ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  /// False: the peer has closed.
  bool receive() {
    auto n = ::recv(fd_, buffer_.data(), buffer_.size(), 0);
    got_ = n > 0 ? static_cast<std::size_t>(n) : 0;
    return n > 0;
  }
  bool shake_hands(net::tls_pipe& p) {
    for (;;) {
      auto s = p.handshake();
      send(std::exchange(p.output(), {}));
      if (s != net::tls_pipe::status::need_input)
        return s == net::tls_pipe::status::done;
      if (!receive())
        return false;
      p.feed({buffer_.data(), got_});
    }
  }
  void send(net::tls_pipe& p, std::string_view plain) {
    p.write(plain);
    send(std::exchange(p.output(), {}));
  }
  /// Until the peer closes.
  void drain() {
    while (receive()) {
    }
  }

 private:
  int fd_;
  std::array<char, 65536> buffer_;
  std::size_t got_ = 0;
};

std::string random_bytes(std::mt19937& rng, std::size_t size) {
  std::string s(size, '\0');
  for (auto& c : s)
    c = static_cast<char>(rng());
  return s;
}

/// TLS without the key, as any library does it.
void tls_without_key(client& c) {
  static const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  net::ssl_ptr ssl(SSL_new(context.get()));
  SSL_set_connect_state(ssl.get());
  net::tls_pipe p(std::move(ssl), 1000);
  if (c.shake_hands(p))
    c.send("the handshake must not succeed");
}

/// One connection of some hostile kind.
void attack(int kind, std::uint16_t port, const net::link_tls& right, const net::link_tls& wrong, std::mt19937& rng) {
  client c(port);
  switch (kind) {
    case 0: c.send(random_bytes(rng, 1 + rng() % 4000)); break;
    case 1: c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"); break;
    case 2: tls_without_key(c); break;
    case 3: {
      auto p = wrong.dialling();
      c.shake_hands(*p);
      break;
    }
    case 4: { // knows the secret, but no frames
      auto p = right.dialling();
      c.shake_hands(*p);
      c.send(*p, random_bytes(rng, 1 + rng() % 4000));
      break;
    }
    case 5: { // announces four gigabytes
      auto p = right.dialling();
      c.shake_hands(*p);
      c.send(*p, std::string("\xff\xff\xff\xff\1", 5) + random_bytes(rng, 1000));
      break;
    }
    case 6: { // a message before the hello
      auto p = right.dialling();
      c.shake_hands(*p);
      std::string frame;
      cluster::append_frame(frame, frame_kind::message, "let me in");
      c.send(*p, frame);
      break;
    }
    case 7: { // a good first flight, damaged
      auto p = right.dialling();
      p->handshake();
      auto& out = p->output();
      for (int i = 0; i < 3; ++i)
        out[rng() % out.size()] = static_cast<char>(rng());
      c.send(out);
      break;
    }
    case 8: return; // connects and leaves
    case 9: {
      const auto some = random_bytes(rng, 400);
      for (int i = 0; i < 100; ++i)
        c.send(some);
      break;
    }
  }
}

/// Keeps a link busy and counts what does not come in order.
struct traffic {
  traffic(link_node& from, link_node& to) : from_(from), to_(to) {
    to.on_bytes = [this](auto&, auto bytes) {
      wrong += bytes != std::to_string(got);
      ++got;
    };
    from.link_to(to);
    thread_ = std::thread([this] {
      for (std::uint64_t n = 0; !over_; ++n) {
        refused += !from_.server.send(to_.me().node, std::to_string(n));
        std::this_thread::sleep_for(200us);
      }
    });
  }
  ~traffic() {
    over_ = true;
    if (thread_.joinable())
      thread_.join();
  }
  std::atomic<std::uint64_t> got{0}, wrong{0}, refused{0};

 private:
  link_node &from_, &to_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

} // namespace

TEST_CASE("three thousand hostile connections get nowhere and disturb no link") {
  link_node a("a"), b("b");
  net::link_tls right("tests", "x", "a secret of thirty-two characters", 1000), wrong("tests", "x", "not the secret", 1000);
  {
    traffic t(a, b);
    std::mt19937 rng(1);
    for (int i = 0; i < 3000; ++i)
      attack(i % 10, b.port, right, wrong, rng);
    CHECK(eventually([&] { return b.server.counters().half_open == 0; }));
    auto got = t.got.load();
    CHECK(eventually([&] { return t.got > got + 100; }));
    CHECK(t.wrong == 0);
    CHECK(t.refused == 0);
  }
  CHECK(a.told().size() == 1);
  CHECK(b.told().size() == 1);
  CHECK(b.refused(link_refusal::wrong_secret) >= 300);
  CHECK(b.refused(link_refusal::not_tls) >= 1000);
  CHECK(b.refused(link_refusal::bad_hello) >= 500);
  CHECK(b.server.counters().accepted >= 3000);
  CHECK(b.server.counters().probed >= 100);
  link_node c("aa");
  c.link_to(b);
}

TEST_CASE("connections that say nothing are few at a time and short") {
  auto o = link_options_of("b");
  o.max_half_open = 8;
  o.handshake_timeout = 500ms;
  link_node a("a"), b(o);
  traffic t(a, b);
  std::vector<std::unique_ptr<client>> idle;
  for (int i = 0; i < 100; ++i) {
    idle.push_back(std::make_unique<client>(b.port));
    if (i % 2)
      idle.back()->send("\x16\x03\x01\x02"); // the beginning of a TLS record
  }
  CHECK(eventually([&] { return b.refused(link_refusal::too_many) == 92; }));
  CHECK(b.server.counters().half_open <= 8);
  CHECK(eventually([&] { return b.refused(link_refusal::too_slow) == 8; }));
  CHECK(b.server.counters().half_open == 0);
  for (auto& c : idle)
    c->drain();
  CHECK(t.wrong == 0);
  CHECK(b.told().size() == 1);
}

TEST_CASE("who is authenticated but says nonsense later is cut off alone") {
  link_node b("b");
  net::link_tls right("tests", "a", "a secret of thirty-two characters", 1000);
  const auto link = [&](client& c, net::tls_pipe& p) {
    REQUIRE(c.shake_hands(p));
    cluster::link_hello h;
    h.version = troupe::version;
    h.cluster = "tests";
    h.from = {"a", 1, 1};
    std::string frame;
    cluster::append_frame(frame, frame_kind::hello, encode(h));
    c.send(p, frame);
    REQUIRE(b.is_up("a"));
  };
  std::vector<std::string> nonsense{std::string("\0\0\0\0\0", 5), std::string("\xff\xff\xff\xff\3", 5), std::string("\0\0\0\1\1", 5),
                                    std::string("\0\0\0\1\x63", 5), std::string("\1\0\0\2\3", 5)};
  int times = 0;
  for (auto& n : nonsense) {
    client c(b.port);
    auto p = right.dialling();
    link(c, *p);
    c.send(*p, n);
    REQUIRE(b.went_down("a", link_end::reset, ++times));
    c.drain();
  }
  // And one that breaks TLS itself.
  client c(b.port);
  auto p = right.dialling();
  link(c, *p);
  c.send("no record at all, just bytes");
  CHECK(b.went_down("a", link_end::reset, ++times));
}

TEST_CASE("a server without the key is not trusted") {
  // It has a certificate of no use: the dialling side accepts nothing but the key.
  link_node a("a");
  int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  auto at = loopback(0);
  socklen_t size = sizeof at;
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&at), size) == 0);
  REQUIRE(::listen(listener, 16) == 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
  a.server.want({"b", 1, 1}, "127.0.0.1", ntohs(at.sin_port));
  for (int i = 0; i < 3; ++i) {
    int fd = ::accept(listener, nullptr, nullptr);
    ::send(fd, "220 mail.example.org ESMTP\r\n", 28, MSG_NOSIGNAL);
    ::close(fd);
  }
  ::close(listener);
  CHECK(eventually([&] { return a.server.counters().dials_failed >= 3; }));
  CHECK(a.server.counters().ups == 0);
}
