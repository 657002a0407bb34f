#pragma once

#include "backends/postgres/call_queue.hpp"
#include "backends/postgres/connection.hpp"
#include "backends/postgres/metrics.hpp"
#include "backends/postgres/options.hpp"

#include <atomic>
#include <random>
#include <thread>

namespace troupe::postgres {

/// The thread that talks to PostgreSQL, over one connection which it keeps alive. What waits is carried out in one transaction, so
/// that what comes meanwhile shares the next one's way and its write to the disk.
class worker {
 public:
  explicit worker(options o);
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// Any thread. `done` comes once, on the worker's thread, with an error `log_unavailable` when PostgreSQL is away, slow or
  /// says no, or too many wait.
  void put(call c);
  /// Answers everything that waits; when it returns nobody is called any more, and what is put from then on is not answered. Not
  /// from the worker's own thread; by whoever destroys it.
  void end();

  bool up() const { return up_.load(std::memory_order_acquire); }
  const metrics& counters() const { return counts_; }
  const options& settings() const { return options_; }

 private:
  void run();
  void connect();
  void rest();
  void sweep();
  void carry_out(std::vector<call> batch);
  void settle(std::vector<call>& batch, connection::outcome& o);
  void lose(const error& why);
  void pause();
  bool await(int socket, short events, time_point until);
  void answer_late();
  void answer(call& c, result<rows> r);
  void refuse(std::vector<call> all, const std::string& why);

  const options options_;
  metrics counts_;
  call_queue queue_;
  std::atomic<bool> up_{false};
  std::unique_ptr<connection> connection_;
  time_point since_{}, next_sweep_{}, next_attempt_{};
  std::uint64_t swept_to_ = 0;
  duration next_pause_;
  bool said_ = false;    ///< that PostgreSQL is away
  std::string trouble_ = "not connected yet";
  std::minstd_rand random_{std::random_device{}()};
  std::thread thread_;
};

} // namespace troupe::postgres
