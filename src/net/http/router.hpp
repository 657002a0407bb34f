#pragma once
// Where a request goes: an Engine.IO endpoint, or the node's other HTTP routes.

#include "net/http/exchange.hpp"

#include <cstdint>
#include <optional>

namespace troupe::net {

class connection;

/// The shard that owns the session which the request names, if it is not this one.
std::optional<std::uint16_t> other_home(connection& c);

/// The node that owns the session which the request names, if it is not this one.
std::optional<std::uint16_t> other_node(connection& c);

/// Answers when a session of another node cannot be served: it is as good as unknown; there are too many of them.
http_reply no_session(connection& c);
http_reply no_tunnel(connection& c);

/// The head is complete: what can be refused before the body is read is refused now.
void route_head(connection& c);

/// 413, in the words of the node's other routes.
void refuse_large_body(connection& c);

/// The whole request is there.
void route_request(connection& c);

} // namespace troupe::net
