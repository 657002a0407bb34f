#pragma once

#include "base/error.hpp"
#include "ports/http_handler.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::app {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// A file in memory, with what is sent beside it. It is served from here and never read again.
struct static_file {
  std::string content_type;
  std::string body;
  std::string gzip;    ///< the same compressed; empty: not worth it
  std::string etag;    ///< with its quotes
  header_list headers; ///< Cache-Control and the like
};

/// Reads a file of at most `max_bytes`. Without a version the ETag is the content's digest. Errors: `cannot_read`.
result<static_file>
load_static_file(const std::filesystem::path& path, std::size_t max_bytes, std::string_view version = {});

/// 200, compressed if the client takes that, or 304 without body if it has this very version.
ports::http_response answer_file(const static_file& file, const ports::http_request& request);

/// Whether an If-None-Match header names this ETag. Weak comparison: `W/"1"` names `"1"`.
bool names_etag(std::string_view if_none_match, std::string_view etag);

/// By the name's ending; empty for endings that are not served.
std::string_view content_type_of(std::string_view name);

} // namespace troupe::app
