#include "app/http/route_table.hpp"

#include "app/http/answers.hpp"
#include "core/json/utf8.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace troupe::app {
namespace {

void append_method(std::string& allow, const std::string& method) {
  if (allow.find(method) == std::string::npos)
    allow.append(allow.empty() ? "" : ", ").append(method == "GET" ? "GET, HEAD" : method);
}

ports::http_response refusal(const ports::http_request& request, const std::string& allow) {
  if (allow.empty())
    return error_answer(404, {"not_found", "there is nothing at " + request.path});
  ports::http_response answer;
  if (request.method == "OPTIONS")
    answer = {.status = 204, .content_type = "", .body = "", .headers = {}};
  else
    answer = error_answer(405, {"method_not_allowed", request.path + " takes " + allow + ", not " + request.method});
  answer.headers.emplace_back("Allow", allow);
  return answer;
}

bool is_plain_text(const std::string& part) {
  const bool has_control = std::any_of(part.begin(), part.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  return !has_control && json::valid_utf8(part);
}

} // namespace

std::optional<std::vector<std::string>> path_parts(std::string_view target) {
  const auto parsed = boost::urls::parse_origin_form(target);
  if (!parsed)
    return std::nullopt;
  std::vector<std::string> parts;
  for (const auto& part : parsed->segments()) {
    parts.push_back(part);
    if (!is_plain_text(parts.back()))
      return std::nullopt;
  }
  return parts;
}

std::optional<std::vector<std::string>> match(
  const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  if (pattern.size() != path.size())
    return std::nullopt;
  std::vector<std::string> found;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (pattern[i] == "{}" && !path[i].empty())
      found.push_back(path[i]);
    else if (pattern[i] != path[i])
      return std::nullopt;
  }
  return found;
}

void route_table::add(std::string_view method, std::string_view pattern, action serve) {
  std::vector<std::string> parts;
  for (std::size_t at = 1, end = 0; end != std::string_view::npos && pattern != "/"; at = end + 1) {
    end = pattern.find('/', at);
    parts.emplace_back(pattern.substr(at, end == std::string_view::npos ? end : end - at));
  }
  routes_.push_back({std::string(method), std::move(parts), std::move(serve)});
}

void route_table::serve(const ports::http_request& request, ports::http_respond respond) const {
  const auto path = path_parts(request.target);
  if (!path)
    return respond(error_answer(400, {"bad_request", "the request target is no valid path"}));
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::string allow;
  for (const route& r : routes_) {
    auto parts = match(r.pattern, *path);
    if (!parts)
      continue;
    if (r.method == method) {
      visit v{request, *std::move(parts), std::move(respond)};
      return r.serve(v);
    }
    append_method(allow, r.method);
  }
  respond(refusal(request, allow));
}

} // namespace troupe::app
