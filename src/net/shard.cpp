#include "net/shard.hpp"

#include "base/log.hpp"
#include "core/engineio/sid.hpp"
#include "core/frame/frame_builder.hpp"
#include "net/server.hpp"

#include <openssl/rand.h>
#include <sys/socket.h>

#include <algorithm>

namespace troupe::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t read_buffer_size = 64 * 1024;
constexpr std::uint32_t max_slots = 1u << 24;
constexpr int accepts_per_event = 64;

} // namespace

shard::shard(server& owner, std::uint16_t number)
  : owner_(owner), number_(number), ping_frame_(build_engine_frame("2")), read_buffer_(read_buffer_size) {}

shard::~shard() = default;

const server_options& shard::options() const { return owner_.options(); }

// -- life -------------------------------------------------------------------------------------------------------------

result<std::uint16_t> shard::listen(const std::string& host, std::uint16_t port) {
  boost::system::error_code ec;
  auto address = asio::ip::make_address(host, ec);
  if (ec)
    return error{"bad_address", "server.host is \"" + host + "\"; it must be an IP address such as 0.0.0.0, 127.0.0.1 or ::."};
  asio::ip::tcp::endpoint at(address, port);
  acceptor_.emplace(io_);
  auto failed = [&](const char* step) {
    return error{"cannot_listen", std::string("Cannot listen on ") + host + ":" + std::to_string(port) + " (" + step + ": " +
                                    ec.message() + "). Is the port taken, or server.host no address of this machine?"};
  };
  if (acceptor_->open(at.protocol(), ec))
    return failed("open");
  acceptor_->set_option(asio::socket_base::reuse_address(true), ec);
  int one = 1;
  ::setsockopt(acceptor_->native_handle(), SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  if (acceptor_->bind(at, ec))
    return failed("bind");
  if (acceptor_->listen(4096, ec))
    return failed("listen");
  acceptor_->native_non_blocking(true, ec);
  return acceptor_->local_endpoint().port();
}

void shard::run() {
  thread_id_ = std::this_thread::get_id();
  if (acceptor_)
    accept();
  tick();
  io_.run();
}

void shard::stop_accepting() {
  boost::system::error_code ignored;
  if (acceptor_)
    acceptor_->close(ignored);
}

void shard::close_all(engineio::close_reason why) {
  for (auto& s : slots_)
    if (s.who)
      s.who->close(why);
  auto all = connections_; // closing changes the list
  for (auto* c : all)
    if (c->role() == link::none)
      c->close_gracefully(static_cast<std::uint16_t>(ws::close_code::going_away));
  schedule_turn();
}

void shard::abort_all() {
  auto all = connections_;
  for (auto* c : all)
    c->abort();
  for (auto& s : slots_)
    if (s.who)
      graveyard_.push_back(std::move(s.who));
  graveyard_.clear();
}

void shard::stop() {
  work_.reset();
  ticker_.cancel();
  io_.stop();
}

// -- accepting --------------------------------------------------------------------------------------------------------

void shard::accept() {
  acceptor_->async_wait(asio::socket_base::wait_read, [this](boost::system::error_code ec) {
    if (ec)
      return;
    accept_some();
    accept();
  });
}

void shard::accept_some() {
  for (int i = 0; i < accepts_per_event; ++i) {
    sockaddr_storage addr{};
    socklen_t len = sizeof addr;
    int fd = ::accept4(acceptor_->native_handle(), reinterpret_cast<sockaddr*>(&addr), &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
      return;
    if (!owner_.socket_opened()) {
      metrics::add(metrics_.sockets_refused);
      ::close(fd);
      continue;
    }
    asio::ip::tcp::endpoint peer;
    std::memcpy(peer.data(), &addr, len);
    int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    adopt({fd, owner_.new_tls(fd)}, peer.address().to_string(), {});
  }
}

void shard::adopt(stream::detached s, std::string peer, std::string received) {
  tcp_socket socket(io_);
  boost::system::error_code ec;
  sockaddr_storage addr{};
  socklen_t len = sizeof addr;
  ::getsockname(s.fd, reinterpret_cast<sockaddr*>(&addr), &len);
  socket.assign(addr.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), s.fd, ec);
  if (ec) {
    ::close(s.fd);
    owner_.socket_closed();
    return;
  }
  boost::intrusive_ptr<connection> c(new connection(*this, stream(std::move(socket), std::move(s.tls)), std::move(peer)));
  c->start(std::move(received));
}

void shard::hand_over(connection& c, stream::detached s, std::uint16_t to) {
  untrack(c);
  owner_.socket_moved(); // the old object's end and the new one's beginning cancel out
  owner_.shard_at(to).post([&other = owner_.shard_at(to), moved = std::make_shared<stream::detached>(std::move(s)),
                            peer = c.peer(), received = c.http().take_received()]() mutable {
    other.adopt(std::move(*moved), std::move(peer), std::move(received));
  });
}

void shard::track(connection& c) {
  c.place = static_cast<std::uint32_t>(connections_.size());
  connections_.push_back(&c);
}

void shard::untrack(connection& c) {
  if (c.place >= connections_.size() || connections_[c.place] != &c)
    return;
  connections_[c.place] = connections_.back();
  connections_[c.place]->place = c.place;
  connections_.pop_back();
}

// -- the turn ---------------------------------------------------------------------------------------------------------

void shard::post(std::function<void()> f) {
  if (on_this_thread()) {
    local_.emplace_back(std::move(f));
    return schedule_turn();
  }
  bool first;
  {
    std::lock_guard lock(inbox_mutex_);
    first = inbox_.empty();
    inbox_.emplace_back(std::move(f));
  }
  if (first)
    asio::post(io_, [this] { take_inbox(); });
}

void shard::submit(ports::egress_op op) {
  if (on_this_thread()) {
    local_.emplace_back(std::move(op));
    return schedule_turn();
  }
  bool first;
  {
    std::lock_guard lock(inbox_mutex_);
    first = inbox_.empty();
    inbox_.emplace_back(std::move(op));
  }
  if (first)
    asio::post(io_, [this] { take_inbox(); });
}

void shard::take_inbox() {
  std::vector<task> taken;
  {
    std::lock_guard lock(inbox_mutex_);
    taken.swap(inbox_);
  }
  local_.insert(local_.end(), std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end()));
  schedule_turn();
}

void shard::schedule_turn() {
  if (turn_scheduled_)
    return;
  turn_scheduled_ = true;
  asio::post(io_, [this] { end_turn(); });
}

void shard::end_turn() {
  turn_scheduled_ = false;
  std::vector<task> work;
  work.swap(local_);
  for (auto& t : work) {
    if (auto* f = std::get_if<0>(&t))
      (*f)();
    else
      carry_out(std::get<1>(t));
  }
  work.clear();
  if (local_.empty() && local_.capacity() < work.capacity())
    local_.swap(work); // keeps the memory
  for (auto& ref : std::exchange(dirty_sessions_, {}))
    if (auto* s = find_session(ref))
      s->flush_poll();
  for (auto& c : std::exchange(dirty_connections_, {}))
    c->flush();
  graveyard_.clear();
  if (!local_.empty() || !dirty_connections_.empty() || !dirty_sessions_.empty())
    schedule_turn();
}

void shard::mark_dirty(boost::intrusive_ptr<connection> c) {
  dirty_connections_.push_back(std::move(c));
  schedule_turn();
}

void shard::mark_dirty(session_ref ref) {
  dirty_sessions_.push_back(ref);
  schedule_turn();
}

void shard::tick() {
  wheel_.advance(clock::now());
  ticker_.expires_after(timer_wheel::tick);
  ticker_.async_wait([this](boost::system::error_code ec) {
    if (!ec)
      tick();
  });
}

void shard::reply_with_cors(connection& c, http_reply r) {
  auto origin = c.http().request()[boost::beast::http::field::origin];
  for (auto& h : cors_headers(options().cors, {origin.data(), origin.size()}))
    r.headers.push_back(std::move(h));
  c.reply(std::move(r));
}

// -- sessions ---------------------------------------------------------------------------------------------------------

session* shard::create_session(const engine_endpoint& at, engineio::transport first, admission::permit place) {
  if (free_slots_.empty()) {
    if (slots_.size() >= max_slots)
      return nullptr;
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  auto n = free_slots_.back();
  free_slots_.pop_back();
  std::array<unsigned char, 9> random;
  RAND_bytes(random.data(), random.size());
  auto sid = engineio::make_sid({options().node_number, number_, n}, random);
  session_ref ref{number_, n, ++slots_[n].generation};
  slots_[n].who = std::make_unique<session>(*this, at, ref, std::move(sid), first, std::move(place));
  metrics::add(metrics_.sessions_open);
  metrics::add(metrics_.sessions_opened);
  if (first == engineio::transport::websocket)
    metrics::add(metrics_.sessions_websocket);
  return slots_[n].who.get();
}

session* shard::find_session(std::string_view sid) {
  auto where = engineio::parse_sid(sid);
  if (!where || where->shard != number_ || where->slot >= slots_.size())
    return nullptr;
  auto matches = [&] {
    auto* s = slots_[where->slot].who.get();
    // The sid is a secret: how far a guess is right must not show in the time taken.
    return s && s->sid().size() == sid.size() && CRYPTO_memcmp(s->sid().data(), sid.data(), sid.size()) == 0;
  };
  if (!matches())
    return nullptr;
  auto* s = slots_[where->slot].who.get();
  s->read_probe();
  if (!matches())
    return nullptr;
  s->on_time(now());
  return matches() ? slots_[where->slot].who.get() : nullptr;
}

session* shard::find_session(session_ref ref) {
  if (ref.shard != number_ || ref.slot >= slots_.size() || slots_[ref.slot].generation != ref.generation)
    return nullptr;
  auto* s = slots_[ref.slot].who.get();
  return s && !s->closed() ? s : nullptr;
}

void shard::session_closed(session& s, engineio::close_reason why, bool was_websocket) {
  index_.leave_all(s.ref().slot);
  metrics::sub(metrics_.sessions_open);
  if (was_websocket)
    metrics::sub(metrics_.sessions_websocket);
  metrics::add(metrics_.sessions_closed[static_cast<std::size_t>(why)]);
}

void shard::forget(session& s) {
  auto n = s.ref().slot;
  if (slots_[n].who.get() != &s)
    return;
  graveyard_.push_back(std::move(slots_[n].who));
  free_slots_.push_back(n);
  schedule_turn();
}

} // namespace troupe::net
