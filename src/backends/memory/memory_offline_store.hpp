#pragma once

#include "core/messaging/id_memory.hpp"
#include "core/presence/offline_queue.hpp"
#include "ports/offline_store.hpp"

#include <functional>
#include <mutex>
#include <unordered_map>

namespace troupe::memory {

/// Queues in this process: of a node that is alone, or of several that share the object. Answers come before the calls return.
class memory_offline_store : public ports::offline_store {
 public:
  /// Of more users the next one's messages are refused: `offline_unavailable`.
  explicit memory_offline_store(std::size_t max_users = 1'000'000, std::function<time_point()> now = clock::now)
    : max_users_(max_users), now_(std::move(now)) {}

  void push(const std::string& user, ports::waiting what, const ports::queue_bounds& most, answer<ports::pushed> done) override;
  void read(const std::string& user, const ports::queue_bounds& most, answer<ports::queue_content> done) override;
  void remove(const std::string& user, std::vector<std::string> ids, answer<std::size_t> done) override;
  void mark(const std::string& user, const std::string& device, const std::string& id, const ports::queue_bounds& most, answer<bool> done) override;

  std::size_t users() const;

 private:
  struct shelf {
    presence::offline_queue queue;
    time_point until;  ///< everything in it is too old then
  };
  static constexpr std::size_t max_names = 100'000; ///< about 10 MB
  result<ports::pushed> push_now(const std::string& user, ports::waiting what, const ports::queue_bounds& most);
  void sweep(time_point now);

  const std::size_t max_users_;
  const std::function<time_point()> now_;
  mutable std::mutex lock_;
  std::unordered_map<std::string, shelf> users_;
  std::unordered_map<std::string, shelf>::size_type swept_ = 0; ///< the bucket that was looked through last
  std::unique_ptr<messaging::id_memory<char>> names_;
};

} // namespace troupe::memory
