#include "app/embed/convert.hpp"
#include "app/embed/core.hpp"
#include "troupe/io_namespace.hpp"

namespace troupe {

// -- io_namespace -----------------------------------------------------------------------------------------------------

io_namespace& io_namespace::use(std::function<std::optional<connect_refusal>(socket&)> middleware) {
  handlers_->middlewares.push_back(std::move(middleware));
  return *this;
}

io_namespace& io_namespace::on_connect(std::function<void(socket&)> handler) {
  handlers_->connect.push_back(std::move(handler));
  return *this;
}

io_namespace& io_namespace::on(std::string_view event_name, std::function<void(socket&, event&)> handler) {
  handlers_->events[std::string(event_name)] = std::move(handler);
  return *this;
}

io_namespace& io_namespace::on_any(std::function<void(socket&, event&)> handler) {
  handlers_->any = std::move(handler);
  return *this;
}

io_namespace& io_namespace::on_disconnect(std::function<void(socket&, std::string_view)> handler) {
  handlers_->disconnect.push_back(std::move(handler));
  return *this;
}

io_namespace& io_namespace::with_builtin_events() {
  handlers_->wants_builtin = true;
  return *this;
}

io_namespace& io_namespace::on_server_event(std::string_view event_name, std::function<void(const server_event&)> handler) {
  handlers_->server_events[std::string(event_name)] = std::move(handler);
  return *this;
}

const std::string& io_namespace::name() const { return handlers_->name; }

broadcast_operator io_namespace::everybody() const {
  broadcast_operator b;
  b.core_ = core_;
  b.nsp_ = handlers_->name;
  return b;
}

socket_handle io_namespace::socket_by_id(std::string_view id) const {
  socket_handle h;
  h.core_ = core_;
  h.nsp_ = handlers_->name;
  h.id_ = id;
  return h;
}

broadcast_operator io_namespace::to(std::string_view room) const { return everybody().to(room); }
broadcast_operator io_namespace::except(std::string_view room) const { return everybody().except(room); }

} // namespace troupe
