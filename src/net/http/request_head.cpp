#include "net/http/request_head.hpp"

#include <boost/beast/http/rfc7230.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace troupe::net {

namespace urls = boost::urls;

namespace {

/// Decoded with "+" as a space, as forms and URLSearchParams write it.
std::string decoded(const urls::pct_string_view& s) {
  urls::encoding_opts opt;
  opt.space_as_plus = true;
  return s.decode(opt);
}

/// The q parameter, 1 when there is none.
double quality_of(const boost::beast::http::param_list& parameters) {
  for (auto& [name, value] : parameters)
    if (boost::beast::iequals(name, "q"))
      return std::strtod(std::string(value).c_str(), nullptr);
  return 1;
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
  double gzip = -1, deflate = -1, any = -1;
  for (auto& [name, parameters] : boost::beast::http::ext_list{accept_encoding}) {
    auto quality = quality_of(parameters);
    if (boost::beast::iequals(name, "gzip"))
      gzip = quality;
    else if (boost::beast::iequals(name, "deflate"))
      deflate = quality;
    else if (name == "*")
      any = quality;
  }
  // A star speaks for what is not named.
  gzip = gzip < 0 ? any : gzip;
  deflate = deflate < 0 ? any : deflate;
  if (gzip <= 0 && deflate <= 0)
    return {};
  return gzip >= deflate ? "gzip" : "deflate";
}

} // namespace troupe::net
