#pragma once
// Everything over HTTP that is not Engine.IO: health, metrics, pages, the API.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::ports {

struct http_request {
  std::string method; ///< "GET", "POST", ...
  std::string path;   ///< percent-decoded, without query
  std::string target; ///< as it came: `a%2Fb` is one part of a path, which `path` cannot say
  std::string address;
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
  std::string body;

  std::string_view header(std::string_view name) const {
    for (auto& [k, v] : headers)
      if (k == name)
        return v;
    return {};
  }
  std::string_view param(std::string_view name) const {
    for (auto& [k, v] : query)
      if (k == name)
        return v;
    return {};
  }
};

struct http_response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Called once, from any thread; later calls and calls after the client left are ignored.
using http_respond = std::function<void(http_response)>;

class http_handler {
 public:
  virtual ~http_handler() = default;
  /// On a shard's thread; must not block. The answer may come later through `respond`.
  virtual void handle(const http_request& request, http_respond respond) = 0;
};

} // namespace troupe::ports
