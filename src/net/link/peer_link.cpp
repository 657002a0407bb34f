#include "net/link/peer_link.hpp"

#include "net/link/link_tls.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>

namespace troupe::net {

using cluster::frame_kind;
using cluster::link_end;
using cluster::link_refusal;

namespace {

/// Encrypted at once, and at most before others have their turn.
constexpr std::size_t encrypted_at_once = 128 * 1024;
constexpr std::size_t bytes_per_turn = 1024 * 1024;
/// A whole hello, TLS's own part included, is far smaller.
constexpr std::size_t max_unknown_input = 16 * 1024;
/// How long a peer may take to close after the last word.
constexpr duration linger{500};
/// Under load, too, the way there and back is measured once in so many heartbeats.
constexpr int beats_per_measure = 4;

std::string number_bytes(std::uint64_t n) {
  std::string out(8, '\0');
  for (int i = 7; i >= 0; --i, n >>= 8)
    out[static_cast<std::size_t>(i)] = static_cast<char>(n);
  return out;
}

link_refusal tls_refusal_of_client(const tls_pipe& p) {
  if (p.foreign_cluster)
    return link_refusal::wrong_cluster;
  return p.reason() == SSL_R_BINDER_DOES_NOT_VERIFY ? link_refusal::wrong_secret : link_refusal::not_tls;
}

link_failure tls_failure_of_server(const tls_pipe& p) {
  switch (p.reason()) {
    case SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR: return {link_failure::what::refused_us, link_refusal::wrong_secret};
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE: return {link_failure::what::refused_us, link_refusal::wrong_cluster};
    default: return {link_failure::what::refused, link_refusal::not_tls};
  }
}

} // namespace

peer_link::~peer_link() { drop_queue(); }

// -- beginning --------------------------------------------------------------------------------------------------------

void peer_link::dial(const link_tls& tls, const socket_address& to, std::string node, std::string address) {
  peer_.node = std::move(node);
  address_ = std::move(address);
  user& me = *this;
  socket_ = std::make_unique<secure_socket>(home_, counters_, me, tls.dialling());
  socket_->limit_input(max_unknown_input);
  if (!socket_->connect(to))
    return fail({errno == ECONNREFUSED ? link_failure::what::nobody : link_failure::what::unreachable});
  home_.wheel.schedule(*this, home_.now + options_.connect_timeout);
}

void peer_link::accept(const link_tls& tls, int fd, std::string address) {
  accepted_ = true;
  address_ = std::move(address);
  state_ = state::securing;
  user& me = *this;
  socket_ = std::make_unique<secure_socket>(home_, counters_, me, tls.accepting());
  socket_->limit_input(max_unknown_input);
  if (!socket_->adopt(fd))
    return fail({link_failure::what::unreachable});
  home_.wheel.schedule(*this, home_.now + options_.handshake_timeout);
}

void peer_link::on_secured() {
  state_ = state::greeting;
  home_.wheel.schedule(*this, home_.now + options_.handshake_timeout);
  if (accepted_)
    return;
  auto mine = hello_;
  mine.to = peer_.node;
  std::string frame;
  cluster::append_frame(frame, frame_kind::hello, encode(mine));
  socket_->write(frame);
}

bool peer_link::on_hello(std::string_view content) {
  auto theirs = cluster::decode_hello(content);
  if (!theirs) {
    refuse(link_refusal::bad_hello);
    return false;
  }
  auto expected = peer_.node;
  peer_ = theirs->from;
  auto wrong = owner_.judge(*this, *theirs);
  if (!wrong && !accepted_ && peer_.node != expected)
    wrong = link_refusal::wrong_node;
  if (wrong) {
    if (!accepted_)
      peer_.node = expected;
    refuse(*wrong);
    return false;
  }
  if (accepted_) {
    std::string frame;
    cluster::append_frame(frame, frame_kind::hello, encode(hello_));
    socket_->write(frame);
  }
  if (theirs->kind == cluster::link_kind::tunnel) {
    become_tunnel(*theirs);
    return false;
  }
  state_ = state::up;
  socket_->limit_input(0);
  reader_.set_max(options_.max_message);
  pinged_at_ = home_.now;
  home_.wheel.schedule(*this, home_.now + options_.heartbeat);
  owner_.on_link_up(*this);
  return state_ == state::up && socket_->flush();
}

/// Nothing was sent on this connection before, so the kernel takes a hello at once; and the peer waits for it before it sends.
void peer_link::become_tunnel(const cluster::link_hello& theirs) {
  if (!socket_->flush() || socket_->unsent() > 0)
    return cut();
  state_ = state::tunnel;
  owner_.on_tunnel(*this, theirs);
}

stream peer_link::release() {
  auto s = socket_->release();
  finish();
  return s;
}

// -- frames -----------------------------------------------------------------------------------------------------------

void peer_link::on_plain(std::string_view bytes) {
  if (state_ == state::tunnel)
    return cut();
  while (state_ == state::greeting || state_ == state::up) {
    auto f = reader_.next(bytes);
    if (f && on_frame(*f))
      continue;
    if (!f && reader_.failed()) {
      if (state_ == state::up)
        end(link_end::reset);
      else
        refuse(link_refusal::bad_hello);
    }
    return;
  }
}

/// False when nothing more is to be read.
bool peer_link::on_frame(const cluster::link_frame& f) {
  if (f.kind == frame_kind::refused) {
    on_refused(f.content);
    return false;
  }
  if (state_ == state::greeting) {
    if (f.kind == frame_kind::hello)
      return on_hello(f.content);
    refuse(link_refusal::bad_hello);
    return false;
  }
  switch (f.kind) {
    case frame_kind::message:
      metrics::add(counters_.messages_in);
      owner_.on_link_message(*this, f.content);
      break;
    case frame_kind::ping: urgent(frame_kind::pong, f.content.substr(0, 8)); break;
    case frame_kind::pong: on_pong(f.content); break;
    case frame_kind::bye: end(link_end::left); break;
    default: end(link_end::reset);
  }
  return state_ == state::up;
}

void peer_link::on_refused(std::string_view content) {
  std::size_t why = content.empty() ? cluster::link_refusals : static_cast<unsigned char>(content[0]);
  auto refusal = why < cluster::link_refusals ? static_cast<link_refusal>(why) : link_refusal::bad_hello;
  if (state_ == state::up)
    end(link_end::reset);
  else
    fail({link_failure::what::refused_us, refusal});
}

void peer_link::on_pong(std::string_view content) {
  if (!ping_open_ || content != number_bytes(ping_))
    return;
  ping_open_ = false;
  auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - pinged_at_).count();
  slot->round_trip_us.store(static_cast<std::uint64_t>(std::max<std::int64_t>(took, 1)), std::memory_order_relaxed);
}

// -- sending ----------------------------------------------------------------------------------------------------------

void peer_link::queue(std::string message) {
  out_.push(frame_kind::message, std::move(message));
  metrics::add(counters_.messages_out);
}

void peer_link::urgent(frame_kind kind, std::string_view content) {
  auto before = out_.bytes();
  out_.push_urgent(kind, content);
  slot->queued.fetch_add(out_.bytes() - before, std::memory_order_relaxed);
  pump();
}

void peer_link::pump() {
  std::size_t budget = bytes_per_turn;
  while (budget > 0 && !out_.empty() && socket_ && !socket_->closed() && socket_->unsent() == 0) {
    std::size_t batch = 0;
    while (batch < encrypted_at_once && !out_.empty()) {
      auto part = out_.front().substr(0, encrypted_at_once - batch);
      socket_->write(part);
      batch += part.size();
      out_.take(part.size());
    }
    slot->queued.fetch_sub(batch, std::memory_order_relaxed);
    budget -= std::min(budget, batch);
    if (!socket_->flush())
      return;
  }
  if (!out_.empty() && socket_ && !socket_->closed() && socket_->unsent() == 0)
    owner_.on_link_unfinished(*this);
}

void peer_link::on_drained() {
  pump();
  if (state_ == state::leaving && out_.empty() && socket_->unsent() == 0)
    socket_->end_output();
}

/// What `on_deadline` does while the link is up.
void peer_link::beat(time_point now) {
  if (now - socket_->heard_at() >= options_.timeout) {
    socket_->read_now(); // it may be this thread that is late
    if (state_ != state::up)
      return;
    if (now - socket_->heard_at() >= options_.timeout)
      return end(link_end::silent);
  }
  const auto idle = now - std::max(socket_->sent_at(), pinged_at_) >= options_.heartbeat;
  const auto waiting = !out_.empty() || socket_->unsent() > 0;
  if ((idle && !waiting) || (!ping_open_ && now - pinged_at_ >= beats_per_measure * options_.heartbeat)) {
    ping_open_ = true;
    pinged_at_ = clock::now();
    metrics::add(counters_.heartbeats_out);
    urgent(frame_kind::ping, number_bytes(++ping_));
    if (state_ != state::up)
      return;
  }
  auto next = std::max(socket_->sent_at(), pinged_at_) + options_.heartbeat;
  if (next <= now)
    next = now + options_.heartbeat;
  home_.wheel.schedule(*this, std::min(next, socket_->heard_at() + options_.timeout));
}

// -- ending -----------------------------------------------------------------------------------------------------------

void peer_link::on_deadline(time_point now) {
  switch (state_) {
    case state::connecting: return fail({link_failure::what::unreachable});
    case state::securing:
    case state::greeting: return refuse(link_refusal::too_slow);
    case state::up: return beat(now);
    case state::tunnel: return cut();
    case state::leaving: return finish();
    case state::over: return;
  }
}

void peer_link::on_lost(secure_socket::loss why) {
  if (state_ == state::up)
    end(link_end::reset);
  else if (state_ == state::leaving || state_ == state::tunnel)
    finish();
  else
    on_lost_before_up(why);
}

void peer_link::on_lost_before_up(secure_socket::loss why) {
  using what = link_failure::what;
  if (why == secure_socket::loss::refused)
    return fail({what::nobody});
  if (socket_->over_limit())
    return fail({what::refused, link_refusal::too_much});
  if (accepted_ && !socket_->heard_anything())
    return fail({what::silent});
  if (why == secure_socket::loss::tls && !accepted_)
    return fail(tls_failure_of_server(socket_->pipe()));
  if (accepted_ && state_ == state::securing)
    return fail({what::refused, why == secure_socket::loss::tls ? tls_refusal_of_client(socket_->pipe()) : link_refusal::not_tls});
  if (accepted_)
    return fail({what::refused, link_refusal::bad_hello});
  fail({what::unreachable});
}

void peer_link::refuse(link_refusal why) {
  const auto tell = std::exchange(state_, state::leaving) == state::greeting;
  owner_.on_link_failed(*this, {link_failure::what::refused, why});
  if (!tell)
    return finish();
  std::string frame;
  cluster::append_frame(frame, frame_kind::refused, std::string(1, static_cast<char>(why)));
  socket_->write(frame);
  begin_leaving();
}

void peer_link::fail(link_failure why) {
  owner_.on_link_failed(*this, why);
  finish();
}

void peer_link::leave() {
  if (state_ != state::up)
    return cut();
  const auto before = out_.bytes();
  out_.push(frame_kind::bye, {});
  slot->queued.fetch_add(out_.bytes() - before, std::memory_order_relaxed);
  state_ = state::leaving;
  owner_.on_link_down(*this, link_end::left);
  begin_leaving();
}

void peer_link::begin_leaving() {
  if (state_ == state::over)
    return;
  home_.wheel.schedule(*this, home_.now + linger);
  pump();
  if (!socket_->closed() && socket_->flush() && out_.empty() && socket_->unsent() == 0)
    socket_->end_output();
}

void peer_link::end(link_end why) {
  if (state_ != state::up)
    return;
  state_ = state::over;
  owner_.on_link_down(*this, why);
  finish();
}

void peer_link::cut() {
  if (state_ != state::over)
    finish();
}

void peer_link::finish() {
  state_ = state::over;
  if (std::exchange(finished_, true))
    return;
  unlink();
  if (socket_)
    socket_->close();
  owner_.on_link_over(*this);
}

void peer_link::forgive() {
  if (state_ == state::up)
    socket_->forgive(home_.now);
}

void peer_link::drop_queue() {
  if (slot)
    slot->queued.fetch_sub(out_.bytes(), std::memory_order_relaxed);
}

} // namespace troupe::net
