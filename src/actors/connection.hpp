#pragma once

#include "actors/directory_messages.hpp"
#include "actors/pinned.hpp"
#include "core/messaging/ack_table.hpp"
#include "core/limits/token_bucket.hpp"
#include "core/logic/namespace_logic.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

/// A client's session: its namespaces, identities, acks and rate limit. Decides with the namespaces' logic and carries out
/// what that returns. Runs on the session's own thread, so its frames need no hand-over.
class connection : public pinned {
 public:
  connection(caf::actor_config& cfg, shard& home, session_ref who, engineio::handshake_ptr shake);

  caf::behavior make_behavior() override;
  const char* name() const override { return "troupe.connection"; }

  /// Handles an event or an ack at once instead of by way of the mailbox; only for the shard's thread. False: send it as a
  /// message, because something waits in the mailbox that came before it, or because others wait for their turn too long.
  bool take_now(inbound& in);

  std::string describe() const override;

 private:
  /// The client in one namespace.
  struct socket {
    logic::socket_info info;
    std::shared_ptr<logic::namespace_logic> rules;
    std::optional<time_point> expires;       ///< of the token
    std::vector<std::string> watched;        ///< users
    presence::place place() const { return {info.session, info.nsp}; }
  };
  /// The event whose effects are carried out; the first answer takes the ack.
  struct occasion {
    ack_id ack;
    std::string_view event;
  };

  // connection.cpp: packets and messages
  void on_packet(inbound& in);
  void on_event(socketio::packet& p);
  void on_ack(socketio::packet& p);
  void on_disconnect(const socketio::packet& p);
  void on_op(connection_op& op);
  void on(session_over& m);
  void on(refused& m);
  void on(ports::control& m);
  void on(report_room& m);
  void on(report_user& m);
  void on(perform& m);
  void on(describe_sockets& m);
  void on(report_sockets& m);
  void on(failed& m);
  void on_wake();
  void on_end() override;
  socket* joined_socket(const socketio::packet& p);
  bool within_rate(socket& s, std::optional<std::uint64_t> ack, std::string_view event);

  // connection_namespaces.cpp: coming and going
  void on_connect(socketio::packet& p);
  void refuse_connect(const std::string& nsp, const error& why, const std::string& data = {});
  result<std::shared_ptr<logic::namespace_logic>> admit(const socketio::packet& p, logic::socket_info& info);
  void open_socket(socket s, logic::effects first);
  /// Ends one socket; the client hears it only if `notify`.
  void end_socket(std::string_view nsp, std::string_view reason, bool notify);
  void expire_tokens(time_point now);
  void close(engineio::close_reason why, std::string_view detail);

  /// Application logic may throw; then there is no value, and the log has a line.
  template <class F>
  auto guarded(const socket& s, std::string_view event, F f) -> std::optional<decltype(f())>;
  void handler_failed(const socket& s, std::string_view event, std::string_view what);

  // connection_effects.cpp
  /// False when the socket is gone afterwards.
  bool carry_out(socket& s, logic::effects&& what, occasion& o);
  void apply(socket& s, logic::reply& e, occasion& o);
  void apply(socket& s, logic::emit& e, occasion& o);
  void apply(socket& s, logic::join& e, occasion& o);
  void apply(socket& s, logic::leave& e, occasion& o);
  void apply(socket& s, logic::list_room_members& e, occasion& o);
  void apply(socket& s, logic::publish& e, occasion& o);
  void apply(socket& s, logic::broadcast& e, occasion& o);
  void apply(socket& s, logic::direct& e, occasion& o);
  void apply(socket& s, logic::watch_presence& e, occasion& o);
  void apply(socket& s, logic::unwatch_presence& e, occasion& o);
  void apply(socket& s, logic::set_status& e, occasion& o);
  void apply(socket& s, logic::typing& e, occasion& o);
  void apply(socket& s, logic::update_document& e, occasion& o);
  void apply(socket& s, logic::record& e, occasion& o);
  void apply(socket& s, logic::disconnect& e, occasion& o);
  void apply(socket& s, logic::refuse& e, occasion& o);
  void refuse(socket& s, occasion& o, const error& why, bool write_log = true);
  std::optional<error> bad_room(std::string_view room) const;
  std::size_t rooms_joined() const;

  // connection_output.cpp: to the client
  void send(const socketio::packet& p, frame_options flags);
  void send_event(std::string_view nsp, std::string_view name, logic::arguments args);
  void send_answer(std::string_view nsp, ack_id ack, logic::arguments args);
  void fail_acks(std::vector<messaging::ack_table::callback> over, const error& why);
  void call(const messaging::ack_table::callback& on_ack, result<logic::arguments> r);
  void rearm();

  socket* find(std::string_view nsp);

  const session_ref who_;
  const engineio::handshake_ptr shake_;
  socketio::parser format_ = socketio::parser::json;
  bool closing_ = false; ///< the session will be closed; nothing more is read
  bool over_ = false;    ///< the session is gone
  bool running_ = false; ///< has had a message
  bool limited_ = false; ///< the last event was one too many (logged once)
  bool connect_limited_ = false;
  bool was_joined_ = false;
  token_bucket events_;
  token_bucket connects_;
  std::vector<std::unique_ptr<socket>> sockets_;
  std::vector<std::string> removed_from_; ///< namespaces that the server ended; late packets for them are no offence
  std::unique_ptr<messaging::ack_table> acks_; ///< made by the first event that asks for one
};

template <class F>
auto connection::guarded(const socket& s, std::string_view event, F f) -> std::optional<decltype(f())> {
  try {
    return f();
  } catch (const std::exception& e) {
    handler_failed(s, event, e.what());
  } catch (...) {
    handler_failed(s, event, "no std::exception");
  }
  return std::nullopt;
}

} // namespace troupe::actors
