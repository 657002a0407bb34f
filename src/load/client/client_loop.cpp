#include "load/client/client_loop.hpp"

#include "load/measure/now.hpp"
#include "load/wire/message_template.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace troupe::load {
namespace {

constexpr std::size_t read_size = 256 * 1024;
constexpr std::size_t largest_head = 16 * 1024;
constexpr int events_at_once = 64; ///< then sends that are due have their turn

std::string words(int failure) {
  return std::strerror(failure);
}

} // namespace

client_loop::client_loop(
  const options& o, std::vector<target> targets, std::optional<tls_client> tls, client_listener& listener)
  : o_{o}, targets_{std::move(targets)}, tls_{std::move(tls)}, listener_{listener}, steps_{o}, pong_{client_frame("3")},
    buffer_(read_size + 4 * o.payload_bytes), epoll_{epoll_create1(EPOLL_CLOEXEC)} {
  for (const auto& t : targets_)
    requests_.push_back(steps_.request(t.at.authority()));
}

client_loop::~client_loop() {
  ::close(epoll_);
}

void client_loop::start(client& c) {
  const auto& t = target_of(c);
  const auto now = now_ns();
  c.more() = {};
  c.more().started_ns = c.more().phase_ns = now;
  c.at = phase::connecting;
  const int fd = open_socket(t, t.loopback() ? c.index / targets_.size() % o_.source_addresses + 1 : 0);
  if (fd < 0) {
    const bool no_port = fd == -EADDRNOTAVAIL;
    give_up(
      c, fd == -ECONNREFUSED ? ending::refused : ending::failed,
      no_port ? "no free port for another connection; give more --source-addresses" : words(-fd), now);
    return;
  }
  c.fd = fd;
  // Edges only: a connection is registered once, and reading until a short read is enough.
  epoll_event event{EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, {.ptr = &c}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
}

void client_loop::cut(client& c) {
  if (c.fd >= 0)
    cut_socket(c.fd);
  c.fd = -1;
  c.at = phase::idle;
  c.extras.reset();
}

void client_loop::part(client& c) {
  c.at = phase::parting;
  const char close_frame[] = {'\x88', '\x80', 0, 0, 0, 0};
  send(c, {close_frame, sizeof close_frame});
}

void client_loop::give_up(client& c, ending how, std::string_view detail, std::int64_t now) {
  const auto was = c.at;
  cut(c);
  listener_.on_gone(c, was, how, detail, now);
}

void client_loop::send(client& c, std::string_view frames) {
  if (c.fd < 0)
    return;
  if (backlog(c) == 0) {
    const auto n = transmit(c, frames);
    if (n == static_cast<io_count>(frames.size()))
      return;
    if (n > 0)
      frames.remove_prefix(static_cast<std::size_t>(n));
  }
  c.more().out += frames; // a broken connection shows when it is read
}

void client_loop::flush(client& c) {
  auto& out = c.extras->out;
  const auto n = transmit(c, out);
  if (n > 0)
    out.erase(0, static_cast<std::size_t>(n));
}

void client_loop::poll(std::int64_t until_ns) {
  const auto left = std::max<std::int64_t>(0, until_ns - now_ns());
  const timespec wait{left / second_ns, left % second_ns};
  std::array<epoll_event, events_at_once> events;
  const int n = epoll_pwait2(epoll_, events.data(), events_at_once, &wait, nullptr);
  for (int i = 0; i < n; ++i) {
    auto& c = *static_cast<client*>(events[static_cast<std::size_t>(i)].data.ptr);
    if (c.fd >= 0) // not closed by what came before it
      on_event(c, events[static_cast<std::size_t>(i)].events);
  }
}

void client_loop::on_event(client& c, std::uint32_t events) {
  if (c.at == phase::connecting) {
    on_connecting(c, now_ns());
    return;
  }
  if (c.at == phase::securing) {
    secure(c, now_ns());
    if (c.fd < 0 || c.at == phase::securing)
      return;
  }
  if ((events & EPOLLOUT) && backlog(c) > 0)
    flush(c);
  // Over TLS bytes may have come along with the end of the handshake.
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR) || (tls_ && c.extras && c.extras->ssl))
    read(c, events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));
}

void client_loop::on_connecting(client& c, std::int64_t now) {
  int failure = 0;
  socklen_t size = sizeof failure;
  getsockopt(c.fd, SOL_SOCKET, SO_ERROR, &failure, &size);
  if (failure != 0) {
    give_up(c, failure == ECONNREFUSED ? ending::refused : ending::failed, words(failure), now);
    return;
  }
  const auto& t = target_of(c);
  steps_.connected(c, t.at.tls, now);
  if (!t.at.tls) {
    send_request(c);
    return;
  }
  c.more().ssl = tls_->attach(c.fd, t.at.host);
  secure(c, now);
}

void client_loop::secure(client& c, std::int64_t now) {
  auto* ssl = c.extras->ssl.get();
  const int n = SSL_do_handshake(ssl);
  if (n == 1) {
    steps_.secured(c, now);
    send_request(c);
    return;
  }
  const int why = SSL_get_error(ssl, n);
  if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
    give_up(c, ending::failed, "TLS: " + tls_reason(), now);
}

void client_loop::send_request(client& c) {
  send(c, requests_[c.index % targets_.size()]);
}

/// With TLS or at the end of the stream until there is nothing more; else a short read says that this was all.
void client_loop::read(client& c, bool until_end) {
  for (;;) {
    const std::size_t kept = c.extras ? c.extras->carry.size() : 0;
    if (kept + read_size / 4 > buffer_.size())
      buffer_.resize(buffer_.size() * 2);
    const auto n = receive(c, buffer_.data() + kept, buffer_.size() - kept);
    if (n == io_again)
      return;
    const auto now = now_ns();
    if (n <= 0) {
      give_up(
        c, n == io_closed ? ending::closed : ending::failed, n == io_closed ? "closed by the server" : words(errno),
        now);
      return;
    }
    if (kept > 0) {
      std::memcpy(buffer_.data(), c.extras->carry.data(), kept);
      c.extras->carry.clear();
    }
    ++counts_.reads;
    counts_.bytes += static_cast<std::uint64_t>(n);
    const char* end = buffer_.data() + kept + n;
    if (!consume(c, buffer_.data(), end, now))
      return;
    listener_.on_read(c, now);
    const bool all = static_cast<std::size_t>(n) < buffer_.size() - kept;
    if (c.fd < 0 || (all && !until_end && !(c.extras && c.extras->ssl)))
      return;
  }
}

/// Hands everything whole to whom it belongs and keeps the rest; false: the connection is gone.
bool client_loop::consume(client& c, const char* from, const char* end, std::int64_t now) {
  if (c.at == phase::upgrading) {
    from = take_http(c, from, end, now);
    if (!from)
      return c.fd >= 0;
  }
  server_frame f;
  while (from != end) {
    const auto found = scan_frame(from, end, f);
    if (found == scanned::more)
      break;
    if (found == scanned::broken) {
      give_up(c, ending::failed, "the server sent something that is no frame", now);
      return false;
    }
    from += f.size;
    if (!on_frame(c, f, now))
      return false;
  }
  if (from != end)
    c.more().carry.assign(from, end);
  else if (c.at == phase::live && c.extras)
    settle(c);
  return true;
}

/// Where the frames begin, or nullptr when there are none yet.
const char* client_loop::take_http(client& c, const char* from, const char* end, std::int64_t now) {
  const std::string_view text{from, static_cast<std::size_t>(end - from)};
  const auto empty_line = text.find("\r\n\r\n");
  if (empty_line == text.npos) {
    if (text.size() > largest_head)
      give_up(c, ending::rejected, "the server's answer to the WebSocket request has no end", now);
    else
      c.more().carry.assign(text);
    return nullptr;
  }
  return take_step(c, steps_.on_http(c, text.substr(0, empty_line + 4), now), now) ? from + empty_line + 4 : nullptr;
}

bool client_loop::on_frame(client& c, const server_frame& f, std::int64_t now) {
  if (f.op == ws::opcode::text && f.fin)
    return on_text(c, f.payload, now);
  return on_other_frame(c, f, now);
}

bool client_loop::on_text(client& c, std::string_view text, std::int64_t now) {
  if (text.starts_with('4') && c.at >= phase::live) {
    ++counts_.frames;
    listener_.on_packet(c, text, now);
    return c.fd >= 0;
  }
  if (text.starts_with('2')) {
    ++counts_.pings;
    send(c, pong_);
    return true;
  }
  return c.at >= phase::live || take_step(c, steps_.on_text(c, text, now), now);
}

bool client_loop::on_other_frame(client& c, const server_frame& f, std::int64_t now) {
  const bool data = f.op == ws::opcode::continuation || f.op == ws::opcode::text;
  if (data) {
    auto& fragment = c.more().fragment;
    fragment += f.payload;
    if (!f.fin)
      return true;
    const auto whole = std::exchange(fragment, {});
    return on_text(c, whole, now);
  }
  if (f.op == ws::opcode::close) {
    const bool code = f.payload.size() >= 2;
    const int number =
      code ? (static_cast<unsigned char>(f.payload[0]) << 8 | static_cast<unsigned char>(f.payload[1])) : 1005;
    give_up(
      c, ending::closed,
      "closed by the server with " + std::to_string(number) + " " + std::string(code ? f.payload.substr(2) : ""), now);
    return false;
  }
  if (f.op == ws::opcode::ping && f.payload.size() <= 125)
    send(c, std::string{'\x8a', static_cast<char>(0x80 | f.payload.size()), 0, 0, 0, 0}.append(f.payload));
  return true;
}

bool client_loop::take_step(client& c, handshake_step step, std::int64_t now) {
  if (step.over) {
    give_up(c, ending::rejected, *step.over, now);
    return false;
  }
  if (!step.send.empty())
    send(c, step.send);
  if (c.at == phase::live)
    listener_.on_live(c, now);
  return c.fd >= 0;
}

/// Gives memory back that a connection at rest does not need.
void client_loop::settle(client& c) {
  const auto& e = *c.extras;
  if (!e.ssl && e.out.empty() && e.fragment.empty())
    c.extras.reset();
}

} // namespace troupe::load
