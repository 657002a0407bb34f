#pragma once
// A node without network and in virtual time, for scenarios at the level of actors.

#include "../../support/recording_egress.hpp"

#include "actors/actor_layer.hpp"
#include "backends/memory/memory_room_log.hpp"
#include "backends/memory/memory_offline_store.hpp"
#include "backends/memory/memory_session_store.hpp"
#include "core/logic/namespace_logic.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::test {

using lines = std::vector<std::string>;

bool mentions(const lines& heard, std::string_view part);
logic::emit emit(std::string event, std::string args = {});

/// Logic that a test writes in place; serves the namespaces that start with `/lab`.
class lab_logic : public logic::namespace_logic {
 public:
  std::function<result<logic::effects>(logic::socket_info&)> connect = [](auto&) { return logic::effects{}; };
  std::map<std::string, std::function<logic::effects(logic::socket_info&, const logic::inbound_event&)>> events;
  lines disconnects; ///< `user: reason rooms...`; one thread at a time
  std::function<void(logic::server_event)> server_event; ///< empty: nobody listens

  result<logic::effects> on_connect(logic::socket_info& s) override { return connect(s); }
  logic::effects on_event(logic::socket_info& s, const logic::inbound_event& e) override;
  void on_disconnect(logic::socket_info& s, std::string_view reason) override;

 private:
  std::mutex mutex_;
};

/// Who connects is who the CONNECT payload says: `{"user":..,"role":..,"expires":ms}`.
std::unique_ptr<ports::authenticator> make_honest_authenticator();
/// `/` and `/chat*` are served by the built-in events, `/lab*` by the test.
std::unique_ptr<logic::namespaces> make_namespaces(std::shared_ptr<lab_logic> lab);

class deterministic;

/// Actors, their egress, and clients that speak Socket.IO text. Events are not rate-limited unless the options ask for
/// another rate than the default.
class world {
 public:
  /// `cluster`: of a node that has others (virtual_cluster.hpp).
  /// `queues`: of users who are away, shared with other nodes; null: of its own. `histories` that
  /// another node has, or had before it ended; null: its own.
  explicit world(actors::options o = {}, std::uint16_t shards = 2, actors::cluster_setup* cluster = nullptr,
                 std::shared_ptr<memory::memory_offline_store> queues = nullptr,
                 std::shared_ptr<memory::memory_store> histories = nullptr);
  ~world();

  /// Where sessions can be recovered, rooms keep their history, both in memory.
  std::shared_ptr<memory::memory_store> history;
  memory::memory_room_log log{history};
  std::unique_ptr<memory::memory_session_store> sessions;
  std::shared_ptr<memory::memory_offline_store> queues;

  /// One client session.
  class client {
   public:
    client(world& w, session_ref who) : ref(who), world_(&w) {}
    /// An Engine.IO message, with its digit as on the wire: `42["hi"]`. Then everything runs that can.
    client& say(std::string_view wire);
    /// The same without running anything.
    void say_only(std::string_view wire);
    /// CONNECT as this user; forgets the answer. Returns the socket id.
    std::string connect(const std::string& user, const std::string& nsp = "/");
    /// What came since the last call.
    lines heard() { return world_->egress.take(ref); }
    /// The transport is gone.
    void drop(engineio::close_reason why = engineio::close_reason::transport_close);
    bool open() const { return world_->sinks_.contains(ref); }

    session_ref ref;

   private:
    world* world_;
  };

  client open(std::uint16_t shard = 0);
  /// A client that is connected to `/`.
  client join_as(const std::string& user, std::uint16_t shard = 0);

  /// Everything that can run now, and what closing sessions causes.
  void run();
  /// Moves the clock and runs what is due.
  void advance(duration d);
  /// Moves the clock; what is due is in mailboxes then, not handled.
  void advance_only(duration d);
  /// Hands over one message; false when there is none.
  bool step();
  unix_ms wall() const;
  /// The reason with which the node closed a session; empty: it did not.
  std::string closed_for(session_ref who) const;

  recording_egress egress;
  actors::metrics counts;
  std::shared_ptr<lab_logic> lab = std::make_shared<lab_logic>();
  std::shared_ptr<engineio::handshake> shake = std::make_shared<engineio::handshake>();
  lines recorded;
  std::unique_ptr<actors::actor_layer> layer;

 private:
  actors::surroundings surroundings();
  void close(session_ref who, engineio::close_reason why);

  std::unique_ptr<ports::authenticator> authenticator_;
  std::unique_ptr<logic::namespaces> namespaces_;
  std::unique_ptr<deterministic> time_;
  std::uint32_t next_slot_ = 0;
  std::uint32_t random_ = 0;
  std::map<session_ref, std::unique_ptr<ports::session_sink>> sinks_;
  std::map<session_ref, engineio::close_reason> closed_;
};

} // namespace troupe::test
