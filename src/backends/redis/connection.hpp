#pragma once

#include "backends/redis/event_loop.hpp"
#include "backends/redis/options.hpp"
#include "backends/redis/reply.hpp"
#include "base/error.hpp"

#include <deque>
#include <memory>

struct redisAsyncContext;

namespace troupe::redis {

class tls_context;

using command = std::vector<std::string>;

inline error unavailable(std::string why) {
  return error{"redis_unavailable", std::move(why)};
}

/// What a server says of itself when a connection begins. Empty where the user may not ask (INFO, CLIENT).
struct server_facts {
  std::string run_id;
  std::string role;          ///< master, slave or sentinel
  bool cluster = false;
  bool loading = false;      ///< reads its data: answers nothing yet
  bool evicts = false;       ///< throws keys away when its memory is full, fences among them
  std::string connection_id; ///< of this connection, among those of the run
};

/// One connection to one server, from its beginning to its end: it does not come back. Loop thread only. hiredis does the
/// protocol; deadlines, greeting and order of callbacks are ours.
class connection : public std::enable_shared_from_this<connection> {
 public:
  using on_reply = std::function<void(result<reply>)>;

  struct request {
    endpoint to;
    login as;
    int database = 0;
    std::string name;
    duration timeout;
    tls_context* tls = nullptr;
    /// The connection before this one. If the server is the same run, it is told to end that one first: what still waits there
    /// must not be carried out after what comes here.
    server_facts before;
  };
  struct hooks {
    std::function<void(result<server_facts>)> opened; ///< once, unless close() comes first
    std::function<void(const error&)> lost;           ///< once after it was opened, unless close() comes first
  };

  connection(event_loop& loop, request r, hooks h);
  ~connection();

  void open();
  /// `done` once: a reply (perhaps an error of Redis's), or `redis_unavailable` when the connection ends before it. The
  /// connection is given up when the oldest command is past its deadline.
  void send(const command& c, time_point deadline, on_reply done);
  /// Switches to subscriptions with the first call; whatever Redis pushes goes to `push`.
  void subscribe(const std::string& channel, std::function<void(const reply&)> push);
  void unsubscribe(const std::string& channel);
  /// Ends it; `why` goes to the commands that wait. No hook is called.
  void close(const error& why);

  bool open_now() const { return opened_ && context_; }
  std::size_t unanswered() const { return unanswered_.size(); }
  const endpoint& to() const { return request_.to; }
  const server_facts& facts() const { return facts_; }

 private:
  struct waiting {
    time_point deadline;
    on_reply done;
  };
  void connect_next();
  bool attach(redisAsyncContext* c);
  void greet();
  void greeting_read();
  void end_the_one_before();
  void be_open();
  void fail(const error& why);
  void on_deadline();
  void write(const command& c, bool pushed);

  static void replied(redisAsyncContext* c, void* r, void*);
  static void pushed(redisAsyncContext* c, void* r, void*);
  static void connected(const redisAsyncContext* c, int status);
  static void disconnected(const redisAsyncContext* c, int status);

  event_loop& loop_;
  request request_;
  hooks hooks_;
  timer deadline_;
  time_point open_by_{};
  std::vector<std::string> addresses_;
  std::size_t next_address_ = 0;
  redisAsyncContext* context_ = nullptr;
  bool opened_ = false;
  bool ended_ = false;
  error refused_; ///< what the greeting was answered with, if not well
  server_facts facts_;
  std::deque<waiting> unanswered_;
  std::function<void(const reply&)> push_;
};

} // namespace troupe::redis
