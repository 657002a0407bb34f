#pragma once

#include "base/error.hpp"
#include "ports/http_handler.hpp"

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace troupe::net {

/// Percent-decoded path and query of a request target. Errors: `bad_request`. Of equal names the last value wins.
struct parsed_target {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
  std::string_view param(std::string_view name) const {
    for (auto& [k, v] : query)
      if (k == name)
        return v;
    return {};
  }
};
result<parsed_target> parse_target(std::string_view target);

/// Header names in lower case, in order.
std::vector<std::pair<std::string, std::string>> lower_case_headers(const boost::beast::http::fields& fields);

/// The best coding of an Accept-Encoding header that we have: "gzip", "deflate" or "".
std::string_view choose_encoding(std::string_view accept_encoding);

} // namespace troupe::net
