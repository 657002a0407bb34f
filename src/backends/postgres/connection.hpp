#pragma once

#include "backends/postgres/call.hpp"
#include "backends/postgres/options.hpp"

#include <libpq-fe.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace troupe::postgres {

/// One connection, set up for the statements of statements.hpp. Belongs to one thread. After an error it is of no use.
class connection {
 public:
  /// Waits until the socket is ready; false: give up, because it is too late or nobody is interested any more.
  using await = std::function<bool(int socket, short events, time_point until)>;

  /// Errors: `postgres_unavailable`, without what is secret in the connection string.
  static result<std::unique_ptr<connection>> open(const options& o, await wait);

  struct outcome {
    std::vector<rows> answers;    ///< of the calls, in their order; nothing behind the first that failed
    std::optional<std::size_t> refused; ///< PostgreSQL said no to this one, so that none was carried out
  };
  /// Carries the calls out in one transaction. An error: the connection is lost, and whether they were carried out is open.
  result<outcome> carry_out(std::span<const call> calls, time_point until);

  int socket() const { return PQsocket(pg_.get()); }
  /// Something came although nothing was asked: a notice, or the end. False: it was the end, told by `trouble`.
  bool look_alive();
  std::string trouble() const;
  /// Host, port and database, for the log.
  std::string where() const;

 private:
  using handle = std::unique_ptr<PGconn, decltype(&PQfinish)>;
  connection(handle pg, const options& o, await wait) : options_(o), wait_(std::move(wait)), pg_(std::move(pg)) {}

  result<bool> connect(time_point until);
  result<bool> set_up(time_point until);
  result<bool> make_tables(time_point until);
  /// One or more statements in text; the last one's answer.
  result<rows> run(const std::string& sql, time_point until);
  bool send(const call& c);
  /// The next of libpq's results; nothing: none is left of this statement.
  result<rows> next(time_point until);
  error lost(const char* what) const;

  const options& options_;
  await wait_;
  handle pg_;
};

} // namespace troupe::postgres
