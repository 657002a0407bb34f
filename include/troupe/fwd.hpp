#pragma once

namespace troupe {

class broadcast_operator;
class event;
class io_namespace;
class raw_session;
class responder;
class server;
class server_event;
class socket;
class socket_handle;

namespace embed {
struct core;        ///< the running node behind a server
struct event_state;
struct handlers;
struct socket_state;
} // namespace embed

} // namespace troupe
