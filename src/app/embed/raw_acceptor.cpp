#include "app/embed/raw_acceptor.hpp"

#include "core/ws/frame_writer.hpp"

namespace troupe::embed {

namespace {

frame_ptr message_frame(std::string_view bytes, bool binary) {
  std::string payload = binary ? std::string() : "4";
  payload.append(bytes);
  std::string wire;
  ws::append_frame(wire, binary ? ws::opcode::binary : ws::opcode::text, payload);
  auto size = static_cast<std::uint32_t>(payload.size());
  auto offset = static_cast<std::uint32_t>(wire.size()) - size;
  return frame_ptr(new frame(std::move(wire), {{offset, size, binary}}));
}

class raw_sink final : public ports::session_sink, private raw_session {
 public:
  raw_sink(session_ref ref, ports::egress& egress, const raw_acceptor::callback& f)
    : ref_(ref), egress_(egress), on_message_(f) {}

  void on_message(std::string_view bytes, bool binary) override { on_message_(*this, bytes, binary); }
  void on_close(engineio::close_reason) override {}
  void on_control(const ports::control&) override {}

 private:
  void send(std::string_view bytes, bool binary) override { egress_.send_now(ref_, message_frame(bytes, binary)); }
  void close() override { egress_.submit(ref_.shard, ports::close_session{ref_, engineio::close_reason::forced_close}); }

  session_ref ref_;
  ports::egress& egress_;
  const raw_acceptor::callback& on_message_;
};

} // namespace

std::unique_ptr<ports::session_sink> raw_acceptor::on_open(session_ref ref, engineio::handshake_ptr) {
  return std::make_unique<raw_sink>(ref, *egress_, on_message_);
}

} // namespace troupe::embed
