#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace cluster_tests {

/// A PostgreSQL server of its own in a directory of its own, gone with the object, and with the test program however that ends. It
/// runs as somebody else when the tests run as root, because PostgreSQL refuses to.
class postgres_process {
 public:
  static constexpr const char* password = "hunter2";

  /// Makes the database, starts on a free port and waits until it answers.
  postgres_process();
  ~postgres_process();
  postgres_process(const postgres_process&) = delete;
  postgres_process& operator=(const postgres_process&) = delete;

  /// As a connection string.
  std::string url(const std::string& user = "postgres", const std::string& with_password = password) const;

  /// Ends at once, as in a crash, and waits for its end; what was committed is recovered at the next start.
  void kill();
  void start();
  bool runs() const { return pid_ > 0; }
  void pause();  ///< SIGSTOP, the server and those who serve its clients
  void resume(); ///< SIGCONT

  /// What psql would show of one statement, without decoration: rows by lines, columns by |. Errors begin with "!".
  std::string ask(const std::string& sql) const;

 private:
  pid_t launch(std::vector<std::string> command);
  void run(std::vector<std::string> command);
  void signal_all(int which);

  std::string programs_; ///< where initdb and postgres are
  std::string dir_;
  int port_ = 0;
  pid_t pid_ = -1;
};

} // namespace cluster_tests
