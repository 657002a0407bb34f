#pragma once

#include "backends/redis/options.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace cluster_tests {

/// A redis-server of its own in a directory of its own, gone with the object, and with the test program however that ends.
/// Keeps nothing on disk unless a test asks for it.
class redis_process {
 public:
  /// Starts on a free port and waits until it answers. `arguments` as on the command line: {"--requirepass", "x"}.
  explicit redis_process(std::vector<std::string> arguments = {}, std::string password = {});
  ~redis_process();
  redis_process(const redis_process&) = delete;
  redis_process& operator=(const redis_process&) = delete;

  std::uint16_t port() const { return port_; }
  troupe::redis::endpoint where() const { return {"127.0.0.1", port_}; }

  /// kill -9, and waits for its end.
  void kill();
  /// On the same port; with what save() wrote, if anything.
  void start();
  void restart(bool keep_data);
  void pause();  ///< SIGSTOP
  void resume(); ///< SIGCONT

  /// One command on a connection of its own: a text, a number, or the items of a list, one a line. Errors begin with "!".
  std::string ask(const std::vector<std::string>& command) const;

 protected:
  /// A Sentinel runs with a file instead of arguments.
  struct with_file {
    std::string text;
  };
  explicit redis_process(const with_file& file);

 private:
  void launch();
  bool answers() const;
  bool ended() const;
  std::string file(const std::string& name) const { return dir_ + "/" + name; }

  std::vector<std::string> arguments_;
  std::string password_;
  std::string dir_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

/// redis-server --sentinel that watches `master` under the name "main".
class sentinel_process : public redis_process {
 public:
  explicit sentinel_process(const redis_process& master);
};

} // namespace cluster_tests
