#include "backends/redis/redis_session_store.hpp"

#include "backends/cluster_errors.hpp"

namespace troupe::redis {
namespace {

// ARGV: stay, record, milliseconds. Whoever came after a take by another one has no say any more.
const script& save_script() {
  static const script s{R"lua(
local owner = redis.call('HGET', KEYS[1], 'stay')
if owner and owner ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'stay', ARGV[1], 'saved', ARGV[1], 'record', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
)lua"};
  return s;
}

// ARGV: stay, milliseconds; 0: it goes at once.
const script& leave_script() {
  static const script s{R"lua(
if redis.call('HGET', KEYS[1], 'stay') ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
)lua"};
  return s;
}

// ARGV: the new stay, milliseconds. The record, or nothing.
const script& take_script() {
  static const script s{R"lua(
local record = redis.call('HGET', KEYS[1], 'record')
if not record then return false end
redis.call('HSET', KEYS[1], 'stay', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return record
)lua"};
  return s;
}

// ARGV: the stay that took it in vain.
const script& give_back_script() {
  static const script s{R"lua(
if redis.call('HGET', KEYS[1], 'stay') ~= ARGV[1] then return 0 end
local saved = redis.call('HGET', KEYS[1], 'saved')
if saved then redis.call('HSET', KEYS[1], 'stay', saved) end
return 1
)lua"};
  return s;
}

/// What fails is repaired by the next save.
void nobody_waits(const result<answer>&) {}

} // namespace

redis_session_store::redis_session_store(std::shared_ptr<client> c, std::string cluster, duration window)
  : client_(std::move(c)), cluster_(std::move(cluster)), window_(std::to_string(window.count())),
    live_(std::to_string(window.count() * 3 / 2)) {}

std::string redis_session_store::key_of(const std::string& pid) const {
  // Each session has a slot of its own in a Redis Cluster.
  return client_->settings().prefix + "{" + cluster_ + ":" + pid + "}:session";
}

void redis_session_store::save(const std::string& pid, const recovery::session_record& r, answered done) {
  using ports::saving;
  client_->run(save_script(), {key_of(pid)}, {encode(r.stays.back()), encode(r), live_}, [done = std::move(done)](const result<answer>& said) {
    if (done)
      done(!said || said->reply.is_error() ? saving::unavailable : said->reply.integer == 1 ? saving::saved : saving::not_owner);
  });
}

void redis_session_store::leave(const std::string& pid, const recovery::stay& who) {
  client_->run(leave_script(), {key_of(pid)}, {encode(who), window_}, nobody_waits);
}

void redis_session_store::forget(const std::string& pid, const recovery::stay& who) {
  client_->run(leave_script(), {key_of(pid)}, {encode(who), "0"}, nobody_waits);
}

void redis_session_store::take(const std::string& pid, const recovery::stay& by, taken done) {
  // What a client shows becomes part of a key: only what this server gives out.
  const auto odd = pid.empty() || pid.size() > 64 || pid.find_first_of("{}") != pid.npos;
  if (odd)
    return done(std::optional<recovery::session_record>{});
  client_->run(take_script(), {key_of(pid)}, {encode(by), window_}, [done = std::move(done)](result<answer> said) {
    if (!said)
      return done(sessions_unavailable(said.error().message));
    if (said->reply.is_error())
      return done(sessions_unavailable("Redis said: " + said->reply.text));
    done(recovery::decode_record(said->reply.text));
  });
}

void redis_session_store::give_back(const std::string& pid, const recovery::stay& by) {
  client_->run(give_back_script(), {key_of(pid)}, {encode(by)}, nobody_waits);
}

std::string redis_session_store::key_of(const journal_name& of) const {
  return client_->settings().prefix + "{" + cluster_ + ":" + std::to_string(of.node.number) + "." + std::to_string(of.node.incarnation) + "." +
         std::to_string(of.shard) + "}:journal";
}

void redis_session_store::save_journal(const journal_name& of, std::string bytes, std::function<void()> done) {
  const auto key = key_of(of);
  client_->send({"SET", key, std::move(bytes), "PX", window_}, key, [done = std::move(done)](const result<answer>&) { done(); });
}

void redis_session_store::find_journal(const journal_name& of, journal_found done) {
  const auto key = key_of(of);
  client_->send({"GET", key}, key, [done = std::move(done)](result<answer> said) {
    if (!said)
      return done(sessions_unavailable(said.error().message));
    if (said->reply.is_error())
      return done(sessions_unavailable("Redis said: " + said->reply.text));
    done(said->reply.is == reply::kind::nil ? std::nullopt : std::optional(std::move(said->reply.text)));
  });
}

} // namespace troupe::redis
