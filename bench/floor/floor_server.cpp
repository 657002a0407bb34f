#include "floor_server.hpp"

#include "frames.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace floor_bench {
namespace {

constexpr std::size_t buffer_size = 256 * 1024;
constexpr int text = 1, closing = 8;

/// Announced, and never sent within a measurement.
constexpr std::string_view open_packet =
  R"(0{"sid":"aaaaaaaaaaaaaaaaaaaa","upgrades":[],"pingInterval":3600000,"pingTimeout":3600000,"maxPayload":1000000})";

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

} // namespace

floor_server::floor_server(std::uint16_t port)
  : listener_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)), epoll_(epoll_create1(0)), buffer_(buffer_size) {
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 || listen(listener_, 4096) != 0)
    give_up("listen");
  socklen_t size = sizeof at;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
  port_ = ntohs(at.sin_port);
  epoll_event interest{EPOLLIN, {.fd = listener_}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &interest);
}

void floor_server::run() {
  std::array<epoll_event, 1024> events;
  while (true) {
    const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == listener_) {
        accept_all();
        continue;
      }
      connection& c = *connections_[static_cast<std::size_t>(events[i].data.fd)];
      if (events[i].events & EPOLLOUT)
        flush(c);
      if (events[i].events & ~EPOLLOUT)
        read(c);
    }
  }
}

void floor_server::accept_all() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0)
      return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connections_.size() <= static_cast<std::size_t>(fd))
      connections_.resize(static_cast<std::size_t>(fd) + 1);
    connections_[static_cast<std::size_t>(fd)] = std::make_unique<connection>();
    connections_[static_cast<std::size_t>(fd)]->fd = fd;
    epoll_event interest{EPOLLIN, {.fd = fd}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &interest);
  }
}

void floor_server::read(connection& c) {
  const std::size_t kept = c.in.copy(buffer_.data(), c.in.size());
  const ssize_t got = recv(c.fd, buffer_.data() + kept, buffer_.size() - kept, 0);
  if (got == 0 || (got < 0 && errno != EAGAIN))
    return close(c);
  if (got < 0)
    return;
  const std::size_t size = kept + static_cast<std::size_t>(got);
  const auto used = understand(c, buffer_.data(), size);
  if (!used)
    return close(c);
  if (kept > 0 || *used < size)
    c.in.assign(buffer_.data() + *used, size - *used);
}

std::optional<std::size_t> floor_server::understand(connection& c, char* bytes, std::size_t size) {
  if (!c.open)
    return shake_hands(c, {bytes, size});
  std::size_t used = 0;
  while (const auto frame = take_frame(bytes + used, size - used)) {
    if (frame->opcode == closing)
      return std::nullopt;
    if (frame->opcode == text)
      on_text(c, frame->payload);
    used += frame->size;
  }
  return used;
}

std::optional<std::size_t> floor_server::shake_hands(connection& c, std::string_view bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == bytes.npos)
    return 0;
  const auto answer = upgrade_answer(bytes.substr(0, end + 2));
  if (!answer)
    return std::nullopt;
  c.open = true;
  send(c, *answer + text_frame(open_packet));
  return end + 4;
}

void floor_server::on_text(connection& c, std::string_view packet) {
  if (packet.starts_with(R"(42["msg",)")) {
    if (!c.joined)
      return;
    const std::string frame = text_frame(packet); // what comes in is what goes out
    for (connection* member : *c.joined)
      send(*member, frame);
  } else if (packet.starts_with(R"(42["echo",)")) {
    send(c, text_frame(packet));
  } else if (packet.starts_with("40")) {
    send(c, text_frame(R"(40{"sid":"bbbbbbbbbbbbbbbbbbbb"})"));
  } else if (packet.starts_with("42")) {
    join(c, packet);
  }
}

/// `42<id>["join_room","<room>"]`
void floor_server::join(connection& c, std::string_view packet) {
  const auto bracket = packet.find('['), comma = packet.find(R"(",")");
  if (bracket == packet.npos || comma == packet.npos || c.joined)
    return;
  const std::string name(packet.substr(comma + 3, packet.find('"', comma + 3) - comma - 3));
  c.joined = &rooms_[name];
  c.place = c.joined->size();
  c.joined->push_back(&c);
  const std::string id(packet.substr(2, bracket - 2));
  send(c, text_frame("43" + id + R"([{"ok":true,"room":")" + name + R"(","members":)" + std::to_string(c.place + 1) + "}]"));
}

void floor_server::send(connection& c, std::string_view bytes) {
  if (c.out.empty()) {
    const ssize_t sent = ::send(c.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(bytes.size()))
      return;
    if (sent < 0 && errno != EAGAIN)
      return; // its end will be read
    bytes.remove_prefix(sent < 0 ? 0 : static_cast<std::size_t>(sent));
    watch(c, true);
  }
  c.out += bytes;
}

void floor_server::flush(connection& c) {
  const ssize_t sent = ::send(c.fd, c.out.data(), c.out.size(), MSG_NOSIGNAL);
  if (sent > 0)
    c.out.erase(0, static_cast<std::size_t>(sent));
  if (c.out.empty())
    watch(c, false);
}

void floor_server::watch(connection& c, bool writable) {
  epoll_event interest{EPOLLIN | (writable ? EPOLLOUT : 0u), {.fd = c.fd}};
  epoll_ctl(epoll_, EPOLL_CTL_MOD, c.fd, &interest);
}

void floor_server::close(connection& c) {
  if (c.joined) {
    connection* last = c.joined->back();
    (*c.joined)[c.place] = last;
    last->place = c.place;
    c.joined->pop_back();
  }
  const int fd = c.fd;
  connections_[static_cast<std::size_t>(fd)].reset();
  ::close(fd);
}

} // namespace floor_bench
