#include "net/http/request_head.hpp"

#include <boost/beast/http/rfc7230.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <cctype>

namespace troupe::net {

namespace urls = boost::urls;

namespace {

/// Decoded with "+" as a space, as forms and URLSearchParams write it.
std::string decoded(const urls::pct_string_view& s) {
  urls::encoding_opts opt;
  opt.space_as_plus = true;
  return s.decode(opt);
}

void set(std::vector<std::pair<std::string, std::string>>& query, std::string key, std::string value) {
  for (auto& [k, v] : query)
    if (k == key) {
      v = std::move(value);
      return;
    }
  query.emplace_back(std::move(key), std::move(value));
}

} // namespace

result<parsed_target> parse_target(std::string_view target) {
  auto r = urls::parse_origin_form(target);
  if (!r)
    return error{"bad_request", "The request target is no valid path and query."};
  parsed_target out;
  out.path = r->path();
  for (auto p : r->encoded_params())
    set(out.query, decoded(p.key), p.has_value ? decoded(p.value) : std::string());
  return out;
}

std::vector<std::pair<std::string, std::string>> lower_case_headers(const boost::beast::http::fields& fields) {
  std::vector<std::pair<std::string, std::string>> out;
  for (auto& f : fields) {
    std::string name(f.name_string());
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    out.emplace_back(std::move(name), std::string(f.value()));
  }
  return out;
}

std::string_view choose_encoding(std::string_view accept_encoding) {
  for (std::string_view want : {"gzip", "deflate"})
    if (boost::beast::http::token_list{accept_encoding}.exists(want))
      return want;
  return {};
}

} // namespace troupe::net
