#include "net/shard.hpp"

#include "base/log.hpp"
#include "base/random.hpp"
#include "core/engineio/sid.hpp"
#include "core/frame/frame_builder.hpp"
#include "net/server.hpp"

#include <openssl/crypto.h>
#include <unistd.h>

#include <algorithm>

namespace troupe::net {

namespace {

constexpr std::size_t read_buffer_size = 64 * 1024;
constexpr std::uint32_t max_slots = 1u << 24;
/// Work may make more work; after so many rounds the sockets have their turn again.
constexpr int rounds_per_turn = 16;
/// Fewer sends than this cost as much one by one.
constexpr std::size_t worth_a_ring = 8;

} // namespace

shard::shard(server& owner, std::uint16_t number)
  : owner_(owner), number_(number), listener_(poller_, wheel_, [this](int fd, std::string peer) { accept(fd, std::move(peer)); }),
    ping_frame_(build_engine_frame("2")), read_buffer_(read_buffer_size), journal_(owner.options().journal_events), ring_(owner.options().io_uring) {}

shard::~shard() = default;

const server_options& shard::options() const { return owner_.options(); }

// -- life -------------------------------------------------------------------------------------------------------------

result<std::uint16_t> shard::listen(const std::string& host, std::uint16_t port) { return listener_.listen(host, port); }

void shard::run() {
  thread_id_ = std::this_thread::get_id();
  while (!stopped_) {
    poller_.wait(next_wake());
    now_ = clock::now();
    turn();
  }
}

void shard::stop_accepting() { listener_.close(); }

void shard::close_all(engineio::close_reason why) {
  for (auto& s : slots_)
    if (s.who)
      s.who->close(why);
  auto all = connections_; // closing changes the list
  for (auto& c : all)
    if (c->role() == link::none)
      c->close_gracefully(static_cast<std::uint16_t>(ws::close_code::going_away));
}

void shard::close_some(std::size_t clients, engineio::close_reason why) {
  for (std::size_t looked = 0; looked < slots_.size() && clients > 0; ++looked) {
    if (close_from_ >= slots_.size())
      close_from_ = 0;
    auto& s = slots_[close_from_++];
    if (!s.who || s.who->closed())
      continue;
    s.who->close(why);
    --clients;
  }
}

void shard::abort_all() {
  auto all = connections_;
  for (auto& c : all)
    c->abort();
  for (auto& s : slots_)
    if (s.who)
      graveyard_.push_back(std::move(s.who));
  graveyard_.clear();
}

void shard::stop() {
  stopped_ = true;
  poller_.wake();
}

// -- connections ------------------------------------------------------------------------------------------------------

void shard::accept(int fd, std::string peer) {
  if (!owner_.socket_opened()) {
    metrics::add(metrics_.sockets_refused);
    ::close(fd);
    return;
  }
  stream s(fd, owner_.new_tls(fd));
  const auto secure = s.secure();
  adopt(std::move(s), {std::move(peer), secure, 0}, {});
}

void shard::adopt(stream s, arrival from, std::string received) {
  boost::intrusive_ptr<connection> c(new connection(*this, std::move(s), std::move(from)));
  track(*c);
  c->start(std::move(received));
}

void shard::hand_over(connection& c, stream s, std::uint16_t to) {
  owner_.socket_moved(); // the old object's end and the new one's beginning cancel out
  owner_.shard_at(to).post([&other = owner_.shard_at(to), moved = std::make_shared<stream>(std::move(s)), from = c.from(),
                            received = c.http().take_received()]() mutable {
    other.adopt(std::move(*moved), std::move(from), std::move(received));
  });
  untrack(c);
}

void shard::track(connection& c) {
  c.place = static_cast<std::uint32_t>(connections_.size());
  connections_.emplace_back(&c);
}

void shard::untrack(connection& c) {
  if (c.place >= connections_.size() || connections_[c.place] != &c)
    return;
  auto place = c.place;
  dirty_connections_.push_back(connections_[place]); // lives to the end of the turn, whoever still holds a pointer
  connections_[place] = std::move(connections_.back());
  connections_[place]->place = place;
  connections_.pop_back();
}

// -- the turn ---------------------------------------------------------------------------------------------------------

void shard::post(std::function<void()> f) { take(task(std::move(f))); }

void shard::submit(ports::egress_op&& op) { take(task(std::move(op))); }

void shard::take(task&& t) {
  if (on_this_thread()) {
    drain_inbox();
    local_.push_back(std::move(t));
  } else if (inbox_.put(std::move(t))) {
    poller_.wake();
  }
}

/// What other threads have put in so far comes before anything that this one adds now, which may be the answer to it.
void shard::drain_inbox() {
  if (!inbox_.empty())
    inbox_.drain([this](task&& t) { local_.push_back(std::move(t)); });
}

/// When the next turn must begin if nothing happens: the past when there is work.
std::optional<time_point> shard::next_wake() {
  if (!local_.empty() || !dirty_connections_.empty() || !dirty_sessions_.empty())
    return time_point::min();
  poller_.announce_sleep();
  if (!inbox_.empty() || stopped_)
    return time_point::min();
  return wheel_.next();
}

void shard::turn() {
  poller_.dispatch();
  wheel_.advance(now_);
  drain_inbox();
  for (int round = 0; round < rounds_per_turn && !local_.empty(); ++round)
    run_tasks();
  flush();
}

void shard::run_tasks() {
  working_.swap(local_);
  count_broadcasts();
  for (auto& t : working_) {
    if (auto* f = std::get_if<0>(&t))
      (*f)();
    else
      carry_out(std::get<1>(t));
  }
  working_.clear();
}

void shard::flush() {
  for (auto& ref : std::exchange(dirty_sessions_, {}))
    if (auto* s = find_session(ref))
      s->flush_poll();
  flushing_.swap(dirty_connections_);
  for (auto rest = std::span(flushing_); !rest.empty();) {
    auto some = rest.first(std::min<std::size_t>(rest.size(), send_ring::batch));
    flush(some);
    rest = rest.subspan(some.size());
  }
  flushing_.clear();
  graveyard_.clear();
}

/// First what the ring can take, then everybody's rest: a flush can end connections, so none may stand between the two.
void shard::flush(std::span<const boost::intrusive_ptr<connection>> some) {
  std::array<int, send_ring::batch> sent{};
  if (ring_.usable() && some.size() >= worth_a_ring) {
    for (std::size_t i = 0; i < some.size(); ++i)
      if (auto bytes = some[i]->only_frame(); !bytes.empty())
        ring_.add(some[i]->descriptor(), bytes, static_cast<std::uint32_t>(i));
    ring_.carry_out([&](std::uint32_t i, int result) { sent[i] = result; });
  }
  for (std::size_t i = 0; i < some.size(); ++i)
    some[i]->flush(static_cast<std::size_t>(std::max(sent[i], 0)));
}

void shard::mark_dirty(boost::intrusive_ptr<connection> c) { dirty_connections_.push_back(std::move(c)); }

void shard::mark_dirty(session_ref ref) { dirty_sessions_.push_back(ref); }

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
  fill_random(random.data(), random.size());
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
}

} // namespace troupe::net
