#pragma once
// A blocking client for the network tests: HTTP requests and WebSockets by Beast, raw bytes by a plain socket.

#include <string>
#include <string_view>
#include <memory>
#include <optional>
#include <vector>

namespace troupe::testing {

struct http_answer {
  unsigned status = 0;
  std::string body;
  std::string header(std::string_view name) const;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// One keep-alive HTTP connection to 127.0.0.1.
class http_client {
 public:
  explicit http_client(unsigned short port);
  ~http_client();
  http_answer request(std::string_view method, std::string target, std::string body = {},
                      std::vector<std::pair<std::string, std::string>> headers = {});
  void send_only(std::string_view method, std::string target);
  http_answer receive();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

class ws_client {
 public:
  ws_client(unsigned short port, std::string target, bool deflate = false);
  ~ws_client();
  void send(std::string_view bytes, bool binary = false);
  /// The next message; nothing when the server closed.
  std::optional<std::string> receive();
  /// Shrinks the receive buffer, so that a reader that does not read is soon noticed.
  int native_handle();
  void close();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// Sends raw bytes and gives everything the server answers until it closes (at most `at_most_ms`).
std::string raw_exchange(unsigned short port, std::string_view bytes, int at_most_ms = 5000);

} // namespace troupe::testing
