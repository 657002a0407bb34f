#include "actors/answer_line.hpp"

#include "actors/hub.hpp"
#include "core/cluster/envelope.hpp"

namespace troupe::actors {
namespace {

/// Small enough not to hold up what else the link carries.
constexpr std::size_t part_bytes = 64 * 1024;

} // namespace

void answer_line::whole(cluster::answer_body body, bool cut) const {
  if (idle())
    return;
  const auto things = cluster::things_in(body);
  cluster::answer a{number_, things, cut, std::move(body)};
  if (node_.empty())
    return hub_->to_queries(query_part{std::move(a)});
  for (auto& bytes : cluster::encode_whole(std::move(a), part_bytes, hub_->opts.queries.max_answer_bytes))
    hub_->links->send(node_, cluster::sealed(cluster::addressee::query, "", bytes));
}

void answer_line::part(cluster::answer_body body, std::optional<std::uint64_t> total) const {
  if (idle())
    return;
  cluster::answer a{number_, total, false, std::move(body)};
  if (node_.empty())
    hub_->to_queries(query_part{std::move(a)});
  else
    hub_->links->send(node_, cluster::sealed(cluster::addressee::query, "", cluster::encode(a)));
}

} // namespace troupe::actors
