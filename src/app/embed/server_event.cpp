// serverSideEmit: what programs of one cluster say to each other.

#include "troupe/server_event.hpp"

#include "app/embed/convert.hpp"
#include "app/embed/core.hpp"
#include "app/embed/found.hpp"
#include "base/log.hpp"

#include <atomic>

namespace troupe {

struct server_event::line {
  explicit line(logic::server_event::reply_function f) : reply(std::move(f)) {}
  logic::server_event::reply_function reply;
  std::atomic<bool> answered{false};
};

const value& server_event::operator[](std::size_t i) const {
  static const value none;
  return i < args_.size() ? args_[i] : none;
}

void server_event::acknowledge(const value& args) const {
  if (answer_ && !answer_->answered.exchange(true))
    answer_->reply(embed::to_wire(args));
}

void embed::core::on_server_event(logic::server_event in) {
  const auto of = std::dynamic_pointer_cast<handlers>(find(in.nsp));
  const auto handler = of ? of->server_events.find(in.name) : decltype(of->server_events.find(in.name)){};
  if (!of || handler == of->server_events.end()) {
    if (in.reply)
      in.reply(std::nullopt);
    return;
  }
  server_event e;
  e.name_ = std::move(in.name);
  e.args_ = from_wire("[" + in.args.json + "]", in.args.attachments);
  if (in.reply)
    e.answer_ = std::make_shared<server_event::line>(std::move(in.reply));
  try {
    handler->second(e);
  } catch (const std::exception& x) {
    log::error("handler-threw", "namespace={} handler={} what={}", in.nsp, e.name(), x.what());
  } catch (...) {
    log::error("handler-threw", "namespace={} handler={} what=unknown", in.nsp, e.name());
  }
}

void io_namespace::server_side_emit_args(std::string_view event_name, const value& args) const {
  if (auto home = core_.lock(); home && home->layer())
    home->layer()->emit_to_servers(handlers_->name, std::string(event_name), embed::to_wire(args));
}

void io_namespace::server_side_emit_with_ack(std::string_view event_name, const value& args, std::chrono::milliseconds timeout,
                                             std::function<void(server_result)> done) const {
  auto home = core_.lock();
  if (!home || !home->layer()) {
    server_result r;
    r.error = "not_ready";
    return done(std::move(r));
  }
  home->layer()->ask_servers(handlers_->name, std::string(event_name), embed::to_wire(args), timeout, [done](actors::server_summary s) {
    server_result r;
    embed::set_reach(r, s);
    for (auto& [node, a] : s.answers)
      r.answers.push_back({node, embed::from_wire("[" + a.json + "]", a.attachments)});
    done(std::move(r));
  });
}

} // namespace troupe
