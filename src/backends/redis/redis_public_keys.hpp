#pragma once

#include "backends/redis/client.hpp"
#include "ports/public_keys.hpp"

namespace troupe::redis {

/// The keys for other programs in Redis, as `<prefix><name>` (core/cluster/public_keys.hpp). No two keys share a hash tag, so that
/// a Redis Cluster spreads them.
class redis_public_keys final : public ports::public_keys {
 public:
  redis_public_keys(std::shared_ptr<client> c, std::string prefix);

  void write(std::vector<ports::key_change> changes, answer<std::size_t> done) override;
  void read(std::vector<key> keys, answer<std::vector<ports::key_content>> done) override;
  void scan(ports::key_kind kind, answer<std::vector<std::string>> done) override;
  void once(const std::string& what, duration ttl, answer<bool> done) override;

 private:
  struct scanning;
  std::string full(ports::key_kind kind, std::string_view id) const { return prefix_ + cluster::key_name(kind, id); }
  static void scan_on(client& c, std::shared_ptr<scanning> s, const std::string& cursor);

  std::shared_ptr<client> client_;
  std::string prefix_;
};

} // namespace troupe::redis
