#pragma once
// Names of hosts to addresses, without making a loop wait.

#include "net/link/secure_socket.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace troupe::net {

/// `host` as a numeric address.
std::optional<socket_address> numeric_address(const std::string& host, std::uint16_t port);

/// Asks the system, one name after another, on a thread of its own. That thread is not waited for: the system may take many
/// seconds for an answer nobody wants any more.
class resolver {
 public:
  using answer = std::function<void(std::optional<socket_address>)>;

  resolver() = default;
  ~resolver();
  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;

  /// `then` comes on the other thread, or never when this object is gone by then.
  void resolve(std::string host, std::uint16_t port, answer then);

 private:
  struct question {
    std::string host;
    std::uint16_t port;
    answer then;
  };
  struct shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<question> questions;
    bool over = false;
  };
  static void work(const std::shared_ptr<shared>& s);

  std::shared_ptr<shared> shared_;
};

} // namespace troupe::net
