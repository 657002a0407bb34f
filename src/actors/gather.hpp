#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace troupe::actors {

/// Answers of many actors to one question. Everybody who is asked holds a share; when the last share is gone, because its
/// holder answered or ended, `done` is called with what came. So a question needs no timer and always gets its answer.
template <class T>
class gather {
 public:
  gather(std::size_t max, std::function<void(std::vector<T>)> done) : left_(max), done_(std::move(done)) {}
  ~gather() {
    if (done_)
      done_(std::move(found_));
  }
  gather(const gather&) = delete;
  gather& operator=(const gather&) = delete;

  /// Any thread. Beyond `max` nothing is kept.
  void add(T item) {
    std::lock_guard lock(mutex_);
    if (left_ == 0)
      return;
    --left_;
    found_.push_back(std::move(item));
  }
  bool full() const {
    std::lock_guard lock(mutex_);
    return left_ == 0;
  }

 private:
  mutable std::mutex mutex_;
  std::size_t left_;
  std::vector<T> found_;
  std::function<void(std::vector<T>)> done_;
};

template <class T>
using gather_ptr = std::shared_ptr<gather<T>>;

} // namespace troupe::actors
