#pragma once

#include "ports/run_loop.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace troupe::test {

/// A shard's thread without sockets.
class thread_loop : public ports::run_loop {
 public:
  thread_loop() : thread_([this] { run(); }) {}
  /// Runs what is queued, then ends the thread.
  ~thread_loop() override {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  void post(std::function<void()> f) override {
    {
      std::lock_guard lock(mutex_);
      queue_.push_back(std::move(f));
    }
    changed_.notify_one();
  }
  bool on_this_thread() const override { return std::this_thread::get_id() == thread_.get_id(); }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return ending_ || !queue_.empty(); });
      if (queue_.empty())
        return;
      auto f = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      f();
      f = nullptr;
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace troupe::test
