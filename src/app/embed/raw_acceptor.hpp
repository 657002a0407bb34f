#pragma once

#include "ports/egress.hpp"
#include "ports/session_sink.hpp"
#include "troupe/server.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace troupe::embed {

/// Sessions of a raw Engine.IO endpoint: messages go to one function.
class raw_acceptor final : public ports::session_acceptor {
 public:
  using callback = std::function<void(raw_session&, std::string_view, bool)>;
  explicit raw_acceptor(callback f) : on_message_(std::move(f)) {}
  void use(ports::egress& e) { egress_ = &e; }
  std::unique_ptr<ports::session_sink> on_open(session_ref ref, engineio::handshake_ptr shake) override;

 private:
  callback on_message_;
  ports::egress* egress_ = nullptr;
};

} // namespace troupe::embed
