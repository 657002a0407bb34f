#pragma once

#include "core/cluster/room_message.hpp"
#include "core/room/history_query.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::room {

/// Bounds of one answer. It holds at least one message, if there is one.
struct history_bounds {
  std::size_t max_messages = 100;       ///< rooms.history.page_messages
  std::size_t max_bytes = 1'000'000;    ///< rooms.history.page_bytes
  std::size_t max_attachments = 10;     ///< limits.max_attachments: what official clients take in one packet
};

/// Messages that follow each other, oldest first.
struct history_page {
  std::vector<cluster::message_ptr> messages;
  bool more = false; ///< the history goes on, in the direction that was asked for
};

/// Takes out of `found`, oldest first, what fits.
history_page make_page(std::vector<cluster::message_ptr> found, const history_query& q, const history_bounds& b);

/// The answer to a client: `{"ok":true,"room":..,"messages":[..],"more":bool}`. A message is
/// `{"epoch":n,"seq":n,"ts":ms,"event":..,"args":[..]}`, and `from` and `id` where it has them; attachments are those of the answer.
logic::arguments page_args(std::string_view room, const history_page& page);

/// One message as above, but with its own attachments: `"attachments":[base64, ..]` where it has some.
std::string message_text(const cluster::room_message& m);

} // namespace troupe::room
