#include "net/link/tunnel_line.hpp"

#include "core/cluster/link_hello.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <unistd.h>

#include <cerrno>

namespace troupe::net {

namespace {

/// Waits for one side at most; beyond it the other side is not read.
constexpr std::size_t buffered = 128 * 1024;
constexpr int moves_per_turn = 4;
constexpr duration reach_within{3'000};
constexpr duration look_every{1'000};
/// One side has ended: the other one may take this long for its last words.
constexpr duration linger{2'000};

} // namespace

tunnel_line::~tunnel_line() {
  if (client_)
    unwatch(*client_);
  if (owner_end_)
    unwatch(*owner_end_);
}

// -- reaching the owner -----------------------------------------------------------------------------------------------

void tunnel_line::connect(const socket_address& to, ssl_ptr tls, std::string hello) {
  home_.wheel.schedule(*this, home_.now + reach_within);
  int fd = ::socket(to.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || !tls || SSL_set_fd(tls.get(), fd) != 1) {
    ::close(fd);
    return fail(request_.unreachable);
  }
  owner_end_ = std::make_unique<end>(*this, stream(fd, std::move(tls)));
  owner_end_->out = std::move(hello);
  int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to.bytes), to.size) != 0 && errno != EINPROGRESS)
    return fail(request_.unreachable);
  owner_end_->told = poller::interest::write;
  owner_end_->watched = home_.poller.add(fd, *owner_end_, poller::interest::write);
  if (!owner_end_->watched)
    fail(request_.unreachable);
}

void tunnel_line::on_connected() {
  int why = 0;
  socklen_t size = sizeof why;
  ::getsockopt(owner_end_->connection.fd(), SOL_SOCKET, SO_ERROR, &why, &size);
  if (why != 0)
    return fail(request_.unreachable);
  state_ = state::greeting;
  owner_end_->told = poller::interest::read;
  home_.poller.change(owner_end_->connection.fd(), *owner_end_, poller::interest::read);
  greet();
}

/// Writing the hello drives the handshake; then the answer is read, and not a byte more than it.
void tunnel_line::greet() {
  if (!flush(*owner_end_))
    return fail(request_.unreachable);
  if (owner_end_->waiting() > 0)
    return;
  char one;
  while (state_ == state::greeting) {
    auto r = owner_end_->connection.read(&one, 1);
    if (r.status == io_status::would_block)
      return;
    if (r.status == io_status::closed)
      return fail(request_.unreachable);
    std::string_view in(&one, 1);
    if (auto f = reader_.next(in))
      return on_answer(*f);
    if (reader_.failed())
      return fail(request_.unreachable);
  }
}

void tunnel_line::on_answer(const cluster::link_frame& f) {
  if (f.kind == cluster::frame_kind::refused) {
    const auto full = !f.content.empty() && f.content[0] == static_cast<char>(cluster::link_refusal::tunnels_full);
    return fail(full ? request_.full : request_.unreachable);
  }
  if (f.kind != cluster::frame_kind::hello)
    return fail(request_.unreachable);
  state_ = state::open;
  metrics::add(counters_.opened);
  home_.wheel.schedule(*this, home_.now + look_every);
  client_ = std::make_unique<end>(*this, std::move(request_.client));
  client_->out = std::move(request_.unsent);
  owner_end_->out = std::move(request_.received);
  owner_end_->written = 0;
  watch(*client_);
  carry();
}

void tunnel_line::fail(const std::string& answer) {
  if (state_ == state::over || state_ == state::closing)
    return;
  metrics::add(counters_.failed);
  state_ = state::closing;
  if (owner_end_)
    unwatch(*owner_end_);
  client_ = std::make_unique<end>(*this, std::move(request_.client));
  client_->out = request_.unsent + answer;
  home_.wheel.schedule(*this, home_.now + linger);
  if (!flush(*client_))
    return cut();
  watch(*client_);
  if (client_->waiting() == 0) {
    client_->output_ended = true;
    client_->connection.shutdown_send();
  }
}

// -- carrying ---------------------------------------------------------------------------------------------------------

void tunnel_line::on_ready(end& at, bool broken) {
  if (state_ == state::connecting)
    return on_connected();
  if (state_ == state::greeting)
    return greet();
  // The kernel would tell of a broken connection without end, whether this side wants to read or not.
  if (broken)
    unwatch(at);
  carry();
}

void tunnel_line::carry() {
  if (state_ == state::closing) { // the answer is on its way; what the client still says is nobody's
    char rest[4096];
    io_result r;
    while ((r = client_->connection.read(rest, sizeof rest)).status == io_status::done) {
    }
    if (r.status == io_status::closed || !flush(*client_))
      return cut();
    if (client_->waiting() == 0 && !std::exchange(client_->output_ended, true))
      client_->connection.shutdown_send();
    return tell_interest(*client_, *client_);
  }
  if (state_ != state::open)
    return;
  bool more = true;
  for (int i = 0; more && i < moves_per_turn; ++i) {
    const auto up = move(*client_, *owner_end_, counters_.bytes_to_owner);
    const auto down = move(*owner_end_, *client_, counters_.bytes_to_client);
    if (state_ != state::open)
      return;
    more = up || down;
  }
  pass_end(*client_, *owner_end_);
  pass_end(*owner_end_, *client_);
  if (client_->output_ended && owner_end_->output_ended)
    return cut();
  if (more)
    owner_.on_unfinished(*this);
  tell_interest(*client_, *owner_end_);
  tell_interest(*owner_end_, *client_);
}

/// True when there may be more to read at once.
bool tunnel_line::move(end& from, end& to, metrics::counter& counted) {
  if (state_ != state::open)
    return false;
  bool more = false;
  if (!from.input_ended && to.waiting() < buffered) {
    auto r = from.connection.read(home_.plain.data(), home_.plain.size());
    if (r.status == io_status::closed) {
      from.input_ended = true;
      home_.wheel.schedule(*this, home_.now + linger);
    } else if (r.status == io_status::done) {
      metrics::add(counted, r.bytes);
      to.out.append(home_.plain.data(), r.bytes);
      more = true;
    }
  }
  if (!flush(to))
    cut();
  return more && to.waiting() < buffered;
}

/// False: it is broken.
bool tunnel_line::flush(end& to) {
  while (to.waiting() > 0) {
    iovec rest{to.out.data() + to.written, to.waiting()};
    auto r = to.connection.write({&rest, 1});
    if (r.status == io_status::closed)
      return false;
    if (r.status == io_status::would_block)
      return true;
    to.written += r.bytes;
  }
  to.out.clear();
  to.written = 0;
  return true;
}

void tunnel_line::pass_end(end& from, end& to) {
  if (from.input_ended && to.waiting() == 0 && !std::exchange(to.output_ended, true))
    to.connection.shutdown_send();
}

void tunnel_line::watch(end& at) {
  at.told = poller::interest::read;
  at.watched = home_.poller.add(at.connection.fd(), at, poller::interest::read);
  if (!at.watched)
    cut();
}

void tunnel_line::tell_interest(end& at, const end& other) {
  if (!at.watched)
    return;
  const bool read = !at.input_ended && (&at == &other || other.waiting() < buffered), write = at.waiting() > 0;
  const auto want = read && write ? poller::interest::both : read ? poller::interest::read
                    : write       ? poller::interest::write
                                  : poller::interest::none;
  if (std::exchange(at.told, want) != want)
    home_.poller.change(at.connection.fd(), at, want);
}

void tunnel_line::unwatch(end& at) {
  if (std::exchange(at.watched, false))
    home_.poller.remove(at.connection.fd(), at);
}

// -- ending -----------------------------------------------------------------------------------------------------------

void tunnel_line::on_deadline(time_point now) {
  if (state_ == state::connecting || state_ == state::greeting)
    return fail(request_.unreachable);
  if (state_ != state::open || client_->input_ended || owner_end_->input_ended)
    return cut();
  // A node that is gone without a word closes no connection.
  if (!owner_.still_there(route_))
    return cut();
  home_.wheel.schedule(*this, now + look_every);
}

void tunnel_line::cut() {
  if (std::exchange(state_, state::over) == state::over)
    return;
  unlink();
  for (auto* e : {client_.get(), owner_end_.get()})
    if (e) {
      unwatch(*e);
      e->connection.close();
    }
  owner_.on_line_over(*this);
}

} // namespace troupe::net
