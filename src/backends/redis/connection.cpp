#include "backends/redis/connection.hpp"

#include "backends/redis/resolver.hpp"
#include "backends/redis/tls_context.hpp"

#include <algorithm>
#include <hiredis/adapters/libevent.h>
#include <hiredis/async.h>

namespace troupe::redis {
namespace {

connection* owner_of(const redisAsyncContext* c) {
  return static_cast<connection*>(c->data);
}

/// The value of `key:value` in the answer to INFO.
std::string info_field(const std::string& info, const std::string& key) {
  auto at = info.starts_with(key + ":") ? 0 : info.find("\n" + key + ":");
  if (at == std::string::npos)
    return {};
  at = info.find(':', at) + 1;
  return info.substr(at, info.find_first_of("\r\n", at) - at);
}

} // namespace

connection::connection(event_loop& loop, request r, hooks h) :
  loop_(loop), request_(std::move(r)), hooks_(std::move(h)), deadline_(loop, [this] { on_deadline(); }) {}

connection::~connection() {
  close(unavailable("the client has ended"));
}

void connection::open() {
  open_by_ = clock::now() + request_.timeout;
  deadline_.start(request_.timeout);
  resolve(loop_, request_.to.host, [weak = weak_from_this()](result<std::vector<std::string>> found) {
    auto self = weak.lock();
    if (!self || self->ended_)
      return;
    if (!found)
      return self->fail(found.error());
    self->addresses_ = std::move(*found);
    self->connect_next();
  });
}

void connection::connect_next() {
  error why = unavailable(request_.to.host + " has no address");
  while (next_address_ < addresses_.size()) {
    auto* c = redisAsyncConnect(addresses_[next_address_++].c_str(), request_.to.port);
    if (!c)
      break;
    if (c->err == 0 && attach(c))
      return;
    why = unavailable(c->errstr ? c->errstr : "no connection");
    redisAsyncFree(c);
  }
  fail(why);
}

bool connection::attach(redisAsyncContext* c) {
  if (redisLibeventAttach(c, loop_.base()) != REDIS_OK)
    return false;
  redisEnableKeepAlive(&c->c);
  if (request_.tls && !request_.tls->begin(*c, request_.to.host))
    return false;
  c->data = this;
  redisAsyncSetConnectCallback(c, &connection::connected);
  redisAsyncSetDisconnectCallback(c, &connection::disconnected);
  context_ = c;
  return true;
}

/// hiredis frees the context after a failed attempt.
void connection::connected(const redisAsyncContext* c, int status) {
  auto* self = owner_of(c);
  if (!self)
    return;
  auto keep = self->shared_from_this();
  if (status == REDIS_OK)
    return self->greet();
  auto why = unavailable(c->errstr);
  const_cast<redisAsyncContext*>(c)->data = nullptr;
  self->context_ = nullptr;
  if (self->next_address_ < self->addresses_.size())
    self->connect_next();
  else
    self->fail(why);
}

/// And after the end of a connection.
void connection::disconnected(const redisAsyncContext* c, int) {
  auto* self = owner_of(c);
  if (!self)
    return;
  auto keep = self->shared_from_this();
  const_cast<redisAsyncContext*>(c)->data = nullptr;
  self->context_ = nullptr;
  self->fail(unavailable(c->errstr && *c->errstr ? c->errstr : "the connection ended"));
}

/// Everything in one go; the last answer opens the connection.
void connection::greet() {
  auto refused = [this](const char* what, const result<reply>& r) {
    if (r && r->is_error() && refused_.code.empty())
      refused_ = unavailable(std::string(what) + " was refused: " + r->text);
  };
  const auto& as = request_.as;
  if (!as.password.empty())
    send(as.user.empty() ? command{"AUTH", as.password} : command{"AUTH", as.user, as.password}, open_by_,
      [=](auto r) { refused("AUTH (redis.user, redis.password)", r); });
  if (request_.database != 0)
    send({"SELECT", std::to_string(request_.database)}, open_by_, [=](auto r) { refused("SELECT (redis.database)", r); });
  send({"CLIENT", "SETNAME", request_.name}, open_by_, [](auto) {});
  send({"CLIENT", "ID"}, open_by_, [this](result<reply> r) {
    if (r && r->is == reply::kind::integer)
      facts_.connection_id = std::to_string(r->integer);
  });
  send({"INFO"}, open_by_, [this, refused](result<reply> r) {
    if (!r)
      return;
    if (r->is_error("NOAUTH") && refused_.code.empty())
      refused_ = unavailable("Redis asks for a password (redis.password)");
    else if (!r->is_error("NOPERM"))
      refused("INFO", r);
    facts_.run_id = info_field(r->text, "run_id");
    facts_.role = info_field(r->text, "role");
    facts_.cluster = info_field(r->text, "redis_mode") == "cluster";
    facts_.loading = info_field(r->text, "loading") == "1";
    facts_.evicts = to_number(info_field(r->text, "maxmemory")) > 0 && info_field(r->text, "maxmemory_policy") != "noeviction";
    greeting_read();
  });
}

void connection::greeting_read() {
  if (refused_.code.empty() && facts_.loading)
    refused_ = unavailable("Redis is reading its data");
  if (!refused_.code.empty())
    return fail(refused_);
  const auto& before = request_.before;
  if (!facts_.run_id.empty() && facts_.run_id == before.run_id && !before.connection_id.empty())
    end_the_one_before();
  else
    be_open();
}

void connection::end_the_one_before() {
  send({"CLIENT", "KILL", "ID", request_.before.connection_id}, open_by_, [this](result<reply> r) {
    if (r)
      be_open();
  });
}

void connection::be_open() {
  opened_ = true;
  deadline_.stop();
  if (hooks_.opened)
    hooks_.opened(facts_);
}

void connection::send(const command& c, time_point deadline, on_reply done) {
  if (!context_)
    return done(unavailable("not connected"));
  unanswered_.push_back({deadline, std::move(done)});
  write(c, false);
  if (!deadline_.running())
    deadline_.start(std::chrono::ceil<duration>(deadline - clock::now()));
}

void connection::write(const command& c, bool pushed_back) {
  std::vector<const char*> parts;
  std::vector<std::size_t> sizes;
  parts.reserve(c.size());
  sizes.reserve(c.size());
  for (const auto& part : c) {
    parts.push_back(part.data());
    sizes.push_back(part.size());
  }
  redisAsyncCommandArgv(
    context_, pushed_back ? &connection::pushed : &connection::replied, nullptr, static_cast<int>(parts.size()),
    parts.data(), sizes.data());
}

/// A null reply means that the context is going away: disconnected() tells why.
void connection::replied(redisAsyncContext* c, void* r, void*) {
  auto* self = owner_of(c);
  if (!self || !r || self->unanswered_.empty())
    return;
  auto keep = self->shared_from_this();
  auto done = std::move(self->unanswered_.front().done);
  self->unanswered_.pop_front();
  done(copy_of(*static_cast<redisReply*>(r)));
}

void connection::subscribe(const std::string& channel, std::function<void(const reply&)> push) {
  push_ = std::move(push);
  if (context_)
    write({"SUBSCRIBE", channel}, true);
}

void connection::unsubscribe(const std::string& channel) {
  if (context_)
    write({"UNSUBSCRIBE", channel}, true);
}

void connection::pushed(redisAsyncContext* c, void* r, void*) {
  auto* self = owner_of(c);
  if (!self || !r)
    return;
  auto keep = self->shared_from_this();
  auto push = self->push_; // may be replaced by what it calls
  if (push)
    push(copy_of(*static_cast<redisReply*>(r)));
}

void connection::on_deadline() {
  auto keep = shared_from_this();
  auto now = clock::now();
  if (!opened_ && now >= open_by_)
    return fail(unavailable("no connection within " + std::to_string(request_.timeout.count()) + " ms"));
  if (!opened_)
    return deadline_.start(std::chrono::ceil<duration>(open_by_ - now));
  if (unanswered_.empty())
    return;
  if (auto first = unanswered_.front().deadline; first > now)
    return deadline_.start(std::chrono::ceil<duration>(first - now));
  fail(error{"redis_timeout", "no answer within the timeout"});
}

void connection::close(const error& why) {
  ended_ = true;
  deadline_.stop();
  if (auto c = std::exchange(context_, nullptr)) {
    c->data = nullptr;
    redisAsyncFree(c);
  }
  // A `done` may send again, which is answered at once: the context is gone.
  for (auto left = std::exchange(unanswered_, {}); auto& w : left)
    w.done(why);
}

void connection::fail(const error& why) {
  if (ended_)
    return;
  bool was_open = opened_;
  close(why);
  if (was_open && hooks_.lost)
    hooks_.lost(why);
  else if (!was_open && hooks_.opened)
    hooks_.opened(why);
}

} // namespace troupe::redis
