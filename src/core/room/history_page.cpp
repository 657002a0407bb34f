#include "core/room/history_page.hpp"

#include "core/cluster/message_size.hpp"
#include "core/engineio/payload.hpp"
#include "core/logic/object_text.hpp"
#include "core/socketio/placeholders.hpp"

#include <algorithm>
#include <utility>

namespace troupe::room {
namespace {

logic::object_text begin_message(const cluster::room_message& m, std::string_view args) {
  logic::object_text o;
  o.number("epoch", static_cast<std::int64_t>(m.epoch)).number("seq", static_cast<std::int64_t>(m.seq)).number("ts", m.ts);
  o.text("event", m.event).raw("args", '[' + std::string(args) + ']');
  if (!m.user.empty())
    o.text("from", m.user);
  if (!m.id.empty())
    o.text("id", m.id);
  return o;
}

/// What stands around a message in an answer.
constexpr std::size_t bytes_around = 100;

} // namespace

history_page make_page(std::vector<cluster::message_ptr> found, const history_query& q, const history_bounds& b) {
  // Counted from where the reader stands: what does not fit is at the far end.
  if (!q.after)
    std::reverse(found.begin(), found.end());
  const auto most = std::min(q.max, b.max_messages);
  std::size_t fit = 0, bytes = 0, attachments = 0;
  for (; fit < found.size() && fit < most; ++fit) {
    bytes += bytes_around + cluster::bytes_of(*found[fit]);
    attachments += found[fit]->args.attachments.size();
    if (fit > 0 && (bytes > b.max_bytes || attachments > b.max_attachments))
      break;
  }
  history_page page;
  page.more = fit < found.size();
  found.resize(fit);
  if (!q.after)
    std::reverse(found.begin(), found.end());
  page.messages = std::move(found);
  return page;
}

logic::arguments page_args(std::string_view room, const history_page& page) {
  logic::arguments out;
  std::string list = "[";
  for (auto& m : page.messages) {
    if (list.size() > 1)
      list += ',';
    list += begin_message(*m, socketio::renumbered(m->args, out.attachments.size())).closed();
    out.attachments.insert(out.attachments.end(), m->args.attachments.begin(), m->args.attachments.end());
  }
  logic::object_text o;
  o.boolean("ok", true).text("room", room).raw("messages", list + ']').boolean("more", page.more);
  out.json = std::move(o).closed();
  return out;
}

std::string message_text(const cluster::room_message& m) {
  auto o = begin_message(m, m.args.json);
  if (!m.args.attachments.empty()) {
    std::string list = "[";
    for (auto& a : m.args.attachments) {
      list += list.size() > 1 ? ",\"" : "\"";
      engineio::append_base64(list, a);
      list += '"';
    }
    o.raw("attachments", list + ']');
  }
  return std::move(o).closed();
}

} // namespace troupe::room
