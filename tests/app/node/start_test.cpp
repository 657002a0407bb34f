#include "app/node/node.hpp"
#include "base/log.hpp"

#include <catch2/catch_test_macros.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace troupe;

namespace {

/// A port of loopback that somebody else listens on, and does not share.
class taken_port {
 public:
  taken_port() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(fd_, 1) == 0);
    socklen_t size = sizeof at;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    number_ = ntohs(at.sin_port);
  }
  ~taken_port() { ::close(fd_); }
  std::uint16_t number() const { return number_; }

 private:
  int fd_;
  std::uint16_t number_ = 0;
};

app::config on_loopback() {
  log::set_level(log::level::off);
  app::config c;
  c.server.host = "127.0.0.1";
  c.server.port = 0;
  c.server.shards = 2;
  return c;
}

} // namespace

TEST_CASE("A node whose port is taken says so, and nothing of it is left") {
  const taken_port taken;
  auto c = on_loopback();
  c.server.port = taken.number();
  const auto n = app::node::start(c);
  REQUIRE_FALSE(n.has_value());
  CHECK(n.error().code == "cannot_listen");
}

TEST_CASE("A node whose port for other nodes is taken says so, and nothing of it is left") {
  const taken_port taken;
  auto c = on_loopback();
  c.cluster.enabled = true;
  c.cluster.secret = "a secret of this test";
  c.cluster.host = "127.0.0.1";
  c.cluster.port = taken.number();
  c.redis.host = "127.0.0.1"; // nobody needs to be there
  c.redis.port = 1;
  const auto n = app::node::start(c);
  REQUIRE_FALSE(n.has_value());
  CHECK(n.error().code == "cannot_listen");
  CHECK(n.error().message.find("cluster.port") != std::string::npos);
}
