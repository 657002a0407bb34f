#pragma once

#include "net/options.hpp"

#include <string>

namespace troupe::net {

class connection;

/// Requests to an Engine.IO path: handshakes, polls, posts and WebSocket upgrades, checked in the protocol's order.
void engine_head(connection& c, const engine_endpoint& at);
void engine_request(connection& c, const engine_endpoint& at);

/// The client's address: the peer's, or what a trusted proxy says in X-Forwarded-For.
std::string client_address(connection& c);

} // namespace troupe::net
