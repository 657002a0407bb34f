#pragma once
// The thread that hiredis runs on: libevent waits, an eventfd brings work in.

#include "base/inbox.hpp"
#include "base/time.hpp"

#include <functional>
#include <memory>
#include <thread>

struct event;
struct event_base;

namespace troupe::redis {

class event_loop {
 public:
  using task = std::function<void()>;

  event_loop();
  /// Stops, if nobody has.
  ~event_loop();
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  /// Any thread; runs later on the loop's, in order.
  void post(task t) { mail_->put(std::move(t)); }
  /// Not from the loop's own thread. When it returns the thread has ended; what was posted before has run, and what is posted
  /// later is dropped.
  void stop();
  bool on_this_thread() const { return std::this_thread::get_id() == thread_.get_id(); }
  event_base* base() const { return base_; }

  /// A way in that may outlive the loop; what comes too late is dropped, on the thread that drops the last reference.
  class mailbox {
   public:
    mailbox();
    ~mailbox();
    void put(task t);
    int descriptor() const { return wake_; }
    void run_all();
    void drop_all();

   private:
    inbox<task> tasks_;
    int wake_;
  };
  std::shared_ptr<mailbox> mail() const { return mail_; }

 private:
  std::shared_ptr<mailbox> mail_;
  event_base* base_;
  event* wake_event_;
  std::thread thread_;
};

/// Calls `f` on the loop's thread some time after start(). Loop thread only; ends with the object.
class timer {
 public:
  timer(event_loop& loop, event_loop::task f);
  ~timer();
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  /// Starts anew when it runs already.
  void start(duration after);
  void stop();
  bool running() const;

 private:
  event_loop::task f_;
  event* event_;
};

} // namespace troupe::redis
