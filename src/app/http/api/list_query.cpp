#include "app/http/api/list_query.hpp"

#include "app/http/api/api_body.hpp"

#include <charconv>

namespace troupe::app {

result<list_query> read_list_query(const ports::http_request& request) {
  constexpr std::size_t most = 1'000;
  list_query q;
  if (const std::string_view text = request.param("limit"); !text.empty()) {
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), q.limit);
    if (ec != std::errc() || end != text.data() + text.size() || q.limit == 0 || q.limit > most)
      return error{"invalid_limit", "limit must be a number from 1 to 1000"};
  }
  if (const std::string_view nsp = request.param("namespace"); !nsp.empty()) {
    if (auto why = refuse_namespace(nsp))
      return *why;
    q.nsp = nsp;
  }
  if (const std::string_view scope = request.param("scope"); scope == "node")
    q.here_only = true;
  else if (!scope.empty() && scope != "cluster")
    return error{"invalid_scope", "scope must be cluster or node"};
  return q;
}

} // namespace troupe::app
