#include "net/server.hpp"

#include "net/shard.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <condition_variable>
#include <future>

namespace troupe::net {

namespace {

std::size_t socket_limit(const limits& l) {
  return l.max_sockets ? l.max_sockets : l.max_connections + l.connection_queue + 1000;
}

/// How often a bounded wait for the last connections looks again.
constexpr duration drain_poll{20};

} // namespace

server::server(server_options o)
  : options_(std::move(o)), places_(options_.limit.max_connections, options_.limit.connection_queue),
    proxies_(options_.trusted_proxies), max_sockets_(socket_limit(options_.limit)),
    limiter_(options_.limit.connects_per_minute, options_.limit.connects_per_minute, options_.limit.max_tracked_addresses) {
  for (int i = 0; i < options_.shards; ++i)
    shards_.push_back(std::make_unique<shard>(*this, static_cast<std::uint16_t>(i)));
}

server::~server() { stop(); }

void server::set_endpoints(std::vector<engine_endpoint> endpoints, ports::http_handler* http) {
  endpoints_ = std::move(endpoints);
  http_ = http;
}

result<bool> server::listen() {
  if (auto r = load_tls(); !r)
    return r.error();
  for (auto& s : shards_) {
    auto port = s->listen(options_.host, options_.port);
    if (!port)
      return port.error();
    options_.port = *port; // the first shard's choice for port 0 is everybody's
  }
  return true;
}

result<std::uint16_t> server::start() {
  const auto listening = listen();
  // Also when nobody can be served: what was given a shard's loop ends there.
  for (auto& s : shards_)
    threads_.emplace_back([&s] { s->run(); });
  // Until every loop runs, "is this the shard's thread" has no answer.
  on_every_shard([](shard&) {});
  if (!listening)
    return listening.error();
  return options_.port;
}

void server::stop_accepting() {
  if (threads_.empty())
    return;
  on_every_shard([](shard& s) { s.stop_accepting(); });
}

void server::on_every_shard(const std::function<void(shard&)>& f) {
  std::vector<std::future<void>> done;
  for (auto& s : shards_) {
    auto p = std::make_shared<std::promise<void>>();
    done.push_back(p->get_future());
    s->post([&s, &f, p] {
      f(*s);
      p->set_value();
    });
  }
  for (auto& d : done)
    d.wait();
}

void server::close_sessions(engineio::close_reason why, duration at_most) {
  if (threads_.empty())
    return;
  on_every_shard([why](shard& s) { s.close_all(why); });
  auto end = clock::now() + at_most;
  for (bool idle = false; !idle && clock::now() < end;) {
    std::this_thread::sleep_for(drain_poll);
    std::atomic<bool> all{true};
    on_every_shard([&](shard& s) {
      if (!s.idle())
        all = false;
    });
    idle = all;
  }
  on_every_shard([](shard& s) { s.abort_all(); });
}

void server::close_some(std::size_t clients, engineio::close_reason why) {
  std::vector<std::size_t> here;
  std::size_t all = 0;
  for (auto& s : shards_)
    all += here.emplace_back(s->counters().sessions_open.load(std::memory_order_relaxed));
  for (std::size_t i = 0; i < shards_.size() && all > 0 && clients > 0; ++i) {
    const auto share = std::min(clients, (clients * here[i] + all - 1) / all);
    all -= here[i];
    clients -= share;
    if (share > 0)
      shards_[i]->post([&s = *shards_[i], share, why] { s.close_some(share, why); });
  }
}

void server::stop() {
  if (threads_.empty())
    return;
  on_every_shard([](shard& s) { s.abort_all(); });
  for (auto& s : shards_)
    s->stop();
  for (auto& t : threads_)
    t.join();
  threads_.clear();
}

void server::submit(std::uint16_t to, ports::egress_op op) {
  if (to < shards_.size())
    shards_[to]->submit(std::move(op));
}

void server::send_now(session_ref who, frame_ptr what) {
  if (auto* s = shards_[who.shard]->find_session(who))
    s->push(std::move(what));
}

void server::namespace_joined(session_ref who) {
  if (auto* s = shards_[who.shard]->find_session(who))
    s->namespace_joined();
}

void server::hold(session_ref who) {
  if (auto* s = shards_[who.shard]->find_session(who))
    s->hold();
}

void server::release(session_ref who, std::vector<frame_ptr> first, bool keep) {
  if (auto* s = shards_[who.shard]->find_session(who))
    s->release(std::move(first), keep);
}

bool server::writable_now(session_ref who) const {
  auto* s = shards_[who.shard]->find_session(who);
  return s && s->writable_now();
}

ports::run_loop& server::loop(std::uint16_t n) { return *shards_[n]; }

const metrics& server::counters(std::uint16_t n) const { return static_cast<const shard&>(*shards_[n]).counters(); }

std::size_t server::sessions_open() const {
  std::size_t n = 0;
  for (auto& s : shards_)
    n += s->counters().sessions_open.load(std::memory_order_relaxed);
  return n;
}

bool server::may_connect(const std::string& address, time_point now) {
  if (options_.limit.connects_per_minute == 0)
    return true;
  std::lock_guard lock(limiter_mutex_);
  return limiter_.take(address, now);
}

bool server::socket_opened() {
  if (sockets_.fetch_add(1, std::memory_order_relaxed) < max_sockets_)
    return true;
  sockets_.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

bool server::adopt_tunnel(stream client, arrival from) {
  if (!socket_opened())
    return false;
  auto& s = *shards_[next_shard_++ % shards_.size()];
  s.post([&s, moved = std::make_shared<stream>(std::move(client)), from = std::move(from)]() mutable {
    s.adopt(std::move(*moved), std::move(from), {});
  });
  return true;
}

// -- TLS --------------------------------------------------------------------------------------------------------------

result<bool> server::load_tls() {
  if (options_.tls_cert.empty())
    return false;
  tls_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_min_proto_version(tls_.get(), TLS1_2_VERSION);
  // Buffers are given back while idle; a partial write may continue from another address.
  SSL_CTX_set_mode(tls_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  auto failed = [](const std::string& what) {
    char why[256] = "";
    ERR_error_string_n(ERR_get_error(), why, sizeof why);
    return error{"bad_tls", what + " (" + why + ")."};
  };
  if (SSL_CTX_use_certificate_chain_file(tls_.get(), options_.tls_cert.c_str()) != 1)
    return failed("server.tls_cert " + options_.tls_cert + " is no readable PEM certificate");
  if (SSL_CTX_use_PrivateKey_file(tls_.get(), options_.tls_key.c_str(), SSL_FILETYPE_PEM) != 1)
    return failed("server.tls_key " + options_.tls_key + " is no readable PEM key, or not the certificate's");
  return true;
}

ssl_ptr server::new_tls(int fd) {
  if (!tls_)
    return {};
  ssl_ptr s(SSL_new(tls_.get()));
  SSL_set_fd(s.get(), fd);
  SSL_set_accept_state(s.get());
  return s;
}

} // namespace troupe::net
