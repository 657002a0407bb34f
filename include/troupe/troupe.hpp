#pragma once
// Troupe as a library: a Socket.IO server in your C++ program. docs/embedding.md shows it by examples.

#include "troupe/broadcast_operator.hpp"
#include "troupe/event.hpp"
#include "troupe/io_namespace.hpp"
#include "troupe/server.hpp"
#include "troupe/server_event.hpp"
#include "troupe/socket.hpp"
#include "troupe/value.hpp"
