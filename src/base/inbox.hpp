#pragma once

#include <atomic>
#include <utility>

namespace troupe {

/// A queue from many threads to one, without a lock. What one thread puts in comes out in its order. Unbounded: bounds are the
/// business of those who put in.
template <class T>
class inbox {
 public:
  inbox() = default;
  inbox(const inbox&) = delete;
  inbox& operator=(const inbox&) = delete;
  ~inbox() {
    drain([](T&&) {});
  }

  /// Any thread. True when the queue was empty: whoever puts the first thing in wakes the reader.
  bool put(T thing) {
    auto newest = new node{nullptr, std::move(thing)};
    auto before = head_.load(std::memory_order_relaxed);
    do
      newest->next = before;
    // Sequentially consistent, so that a reader who announces its sleep and then finds the queue empty is seen asleep here.
    while (!head_.compare_exchange_weak(before, newest, std::memory_order_seq_cst, std::memory_order_relaxed));
    return before == nullptr;
  }

  /// The reader only.
  bool empty() const { return head_.load(std::memory_order_seq_cst) == nullptr; }

  /// The reader only: `f(T&&)` for everything that is there now, oldest first.
  template <class F>
  void drain(F&& f) {
    for (auto n = oldest_first(head_.exchange(nullptr, std::memory_order_acquire)); n;) {
      auto done = std::exchange(n, n->next);
      f(std::move(done->value));
      delete done;
    }
  }

 private:
  struct node {
    node* next;
    T value;
  };
  static node* oldest_first(node* newest) {
    node* first = nullptr;
    while (newest) {
      auto n = std::exchange(newest, newest->next);
      n->next = first;
      first = n;
    }
    return first;
  }

  std::atomic<node*> head_{nullptr};
};

} // namespace troupe
