#pragma once

#include "actors/directory_messages.hpp"
#include "actors/pinned.hpp"
#include "core/messaging/ack_table.hpp"
#include "core/limits/token_bucket.hpp"
#include "core/logic/namespace_logic.hpp"
#include "core/recovery/missed.hpp"

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
    std::string pid;                         ///< the secret by which the client gets it back; empty: it cannot
    std::unique_ptr<recovery::session_record> kept; ///< what is kept for that; null: nothing
    time_point keep_again = time_point::max();
    /// Another connection has taken the session, though this one's client may still be there: what waits for it to be kept. Null: none has.
    std::unique_ptr<std::vector<std::function<void()>>> unowned;
    presence::place place() const { return {info.session, info.nsp}; }
  };
  /// The event whose effects are carried out; the first answer takes the ack.
  struct occasion {
    ack_id ack;
    std::string_view event;
  };

  /// A socket whose client wants its session back.
  struct comeback {
    socket who;
    recovery::session_record kept;
    std::optional<recovery::offset> shown;
    bool asking_rooms = false;
    std::vector<recovery::start> starts;
    std::vector<std::vector<cluster::message_ptr>> missed; ///< by room, in the order of `kept.rooms`
    std::size_t awaited = 0;                               ///< rooms that have not answered
    std::optional<error> failed;
    time_point until;
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
  void on(deliver_waiting& m);
  void on(room_entered& m);
  void on(session_unsaved& m);
  void on(room_resumed& m);
  void on(session_found& m);
  void on(places_found& m);
  void on(taken_over& m);
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
  void enter(socket s, std::vector<frame_ptr> made_up = {});
  void open_socket(socket s, logic::effects first, std::vector<frame_ptr> made_up);
  /// Ends one socket; the client hears it only if `notify`.
  void end_socket(std::string_view nsp, std::string_view reason, bool notify);
  void leave_rooms(const logic::socket_info& info);
  void expire_tokens(time_point now);
  void close(engineio::close_reason why, std::string_view detail);

  // connection_recovery.cpp
  /// What the client has shown of an earlier session at CONNECT.
  struct ticket { std::string pid; std::optional<recovery::offset> shown; bool foreign = false; };
  std::optional<ticket> ticket_of(const socketio::packet& p) const;
  void ask_for_session(socket s, ticket t);
  void ask_former_node(comeback& c);
  void ask_rooms(comeback& c, const std::optional<recovery::places_before>& before);
  void finish(comeback& c);
  void begin_anew(comeback& c, const error& why);
  void drop_overdue(time_point now);
  std::vector<frame_ptr> frames_of(const comeback& c);
  std::unique_ptr<comeback> take_comeback(const comeback& c);
  comeback* find_comeback(std::string_view nsp);
  void make_recoverable(socket& s);
  /// `kept` is called when the store has the session, or does not answer; on any thread.
  void keep(socket& s, std::function<void()> kept = {});
  void keep_again(socket& s);
  void reclaim(socket& s);
  void keep_due(time_point now);
  void stop_keeping(const socket& s, std::string_view reason);
  bool may_come_back(std::string_view reason) const;

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
  void apply(socket& s, logic::read_history& e, occasion& o);
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

  // connection_waiting.cpp
  /// With the device, where that matters.
  presence::place place_of(const socket& s) const;
  std::optional<std::uint32_t> expect_ack(const deliver_waiting& m, const std::string& id);

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
  std::vector<std::unique_ptr<comeback>> comebacks_;
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
