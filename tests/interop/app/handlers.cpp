#include "handlers.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <string>

namespace interop {
namespace {

using troupe::event;
using troupe::socket;
using troupe::value;
using std::chrono::milliseconds;

/// How often each key was asked for, over all connections: shows what a client repeated.
class counter {
 public:
  int next(const std::string& key) {
    std::lock_guard lock(mutex_);
    return ++seen_[key];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> seen_;
};

std::string room_of(const event& e) { return e[0].get<std::string>(); }

void add_conversation(troupe::io_namespace& ns) {
  ns.on("echo", [](socket& s, event& e) {
    s.emit_args("echo-back", e.args());
    e.acknowledge(e.args());
  });
  ns.on("ask", [](socket& s, event& e) {
    s.emit_with_ack("question", e.args(), milliseconds(400), [handle = s.handle()](troupe::ack_reply reply) {
      handle.emit("answered", reply.args ? *reply.args : value(reply.reason));
    });
  });
  ns.on("later", [](socket&, event& e) { e.later()(e[0], "later"); });
  ns.on("attachments", [](socket& s, event& e) {
    value parts = value::array();
    for (int i = 0; i < e[0].get<int>(); ++i)
      parts.push_back(troupe::binary(std::string(1, static_cast<char>(i))));
    s.emit("attachments", parts);
  });
  ns.on("ticks", [](socket& s, event& e) {
    for (int i = 0; i < e[0].get<int>(); ++i)
      s.emit_volatile("tick", value::array({i}));
    s.emit("ticks-done");
  });
  ns.on("flood", [](socket& s, event& e) {
    const std::string filler(e[1].get<std::size_t>(), 'x');
    for (int i = 0; i < e[0].get<int>(); ++i)
      s.emit("flood", i, filler);
  });
  // Acknowledges from the second time on, as after a lost answer.
  ns.on("unreliable", [seen = std::make_shared<counter>()](socket&, event& e) {
    if (const int times = seen->next(room_of(e)); times > 1)
      e.ack(times);
  });
}

void add_rooms(troupe::server& io, troupe::io_namespace& ns) {
  ns.on("join", [](socket& s, event& e) { s.join(room_of(e)), e.ack("joined"); });
  ns.on("leave", [](socket& s, event& e) { s.leave(room_of(e)), e.ack("left"); });
  ns.on("rooms", [](socket& s, event& e) { e.ack(s.rooms()); });
  ns.on("say", [](socket& s, event& e) { s.to(room_of(e)).emit("said", e[1]), e.ack("ok"); });
  ns.on("say-all", [&io](socket& s, event& e) { io.of(s.nsp()).to(room_of(e)).emit("said", e[1]); });
  ns.on("say-except", [&io](socket& s, event& e) {
    io.of(s.nsp()).to(room_of(e)).except(e[1].get<std::string>()).emit("said", e[2]);
  });
  ns.on("shout", [](socket& s, event& e) { s.broadcast().emit("said", e[0]); });
  ns.on("ask-room", [&io](socket& s, event& e) {
    io.of(s.nsp()).to(room_of(e)).emit_with_ack(
      "question", value::array({e[1]}), milliseconds(400), [handle = s.handle()](const troupe::ack_result& r) {
        value answers = value::array();
        for (const auto& a : r.answers)
          answers.push_back(a.args);
        handle.emit("room-answered", r.expected, answers);
      });
  });
  ns.on("fetch", [&io](socket& s, event& e) {
    io.of(s.nsp()).to(room_of(e)).fetch_sockets([answer = e.later()](const troupe::fetch_result& found) {
      value ids = value::array();
      for (const auto& one : found.sockets)
        ids.push_back(one.id);
      answer(ids);
    });
  });
  ns.on("drag", [&io](socket& s, event& e) {
    io.of(s.nsp()).to(room_of(e)).sockets_join(e[1].get<std::string>(), [answer = e.later()](const troupe::command_result&) { answer(true); });
  });
}

value names_of(const troupe::reach& r) {
  value silent = value::object();
  for (const auto& node : r.silent)
    silent[node.id] = node.reason;
  return silent;
}

value as_value(const troupe::socket_info& s) {
  return {{"id", s.id}, {"user", s.user_id}, {"rooms", s.rooms}, {"node", s.node}, {"data", s.data},
          {"address", s.handshake.address}, {"auth", s.handshake.auth}, {"agent", s.handshake.headers.value("x-agent", "")},
          {"query", s.handshake.query.value("EIO", "")}, {"issued", s.handshake.issued}};
}

/// What is asked of all nodes of a cluster.
void add_cluster(troupe::server& io, troupe::io_namespace& ns) {
  ns.on("keep", [](socket& s, event& e) { s.data() = e[0], e.ack(); });
  // target: {room?, except?, local?}
  auto target = [&io](socket& s, const value& of) {
    auto to = io.of(s.nsp()).everybody();
    if (of.contains("room"))
      to = to.to(of["room"].get<std::string>());
    if (of.contains("except"))
      to = to.except(of["except"].get<std::string>());
    return of.value("local", false) ? to.local() : to;
  };
  ns.on("fetch-all", [target](socket& s, event& e) {
    target(s, e[0]).fetch_sockets([answer = e.later()](const troupe::fetch_result& found) {
      value list = value::array();
      for (const auto& one : found.sockets)
        list.push_back(as_value(one));
      answer(value{{"sockets", list}, {"silent", names_of(found)}, {"cut", found.cut}});
    });
  });
  auto told = [](event& e) {
    return [answer = e.later()](const troupe::command_result& r) { answer(value{{"sockets", r.sockets}, {"silent", names_of(r)}}); };
  };
  ns.on("join-all", [target, told](socket& s, event& e) { target(s, e[0]).sockets_join(e[1].get<std::string>(), told(e)); });
  ns.on("leave-all", [target, told](socket& s, event& e) { target(s, e[0]).sockets_leave(e[1].get<std::string>(), told(e)); });
  ns.on("kick-all", [target, told](socket& s, event& e) { target(s, e[0]).disconnect_sockets(e[1].get<bool>(), told(e)); });
  ns.on("emit-all", [target](socket& s, event& e) { target(s, e[0]).emit("said", e[1]); });
  ns.on("ask-all", [target](socket& s, event& e) {
    target(s, e[0]).emit_with_ack("question", value::array({e[1]}), milliseconds(e[2].get<int>()), [answer = e.later()](const troupe::ack_result& r) {
      value answers = value::object();
      for (const auto& a : r.answers)
        answers[a.socket_id] = a.args;
      answer(value{{"expected", r.expected}, {"answers", answers}, {"silent", names_of(r)}});
    });
  });
}

/// Of one socket, on whichever node.
void add_remote_sockets(troupe::server& io, troupe::io_namespace& ns) {
  ns.on("socket-emit", [&io](socket& s, event& e) { io.of(s.nsp()).socket_by_id(room_of(e)).emit("said", e[1]); });
  ns.on("socket-join", [&io](socket& s, event& e) { io.of(s.nsp()).socket_by_id(room_of(e)).join(e[1].get<std::string>()); });
  ns.on("socket-kick", [&io](socket& s, event& e) { io.of(s.nsp()).socket_by_id(room_of(e)).disconnect(true); });
  ns.on("socket-ask", [&io](socket& s, event& e) {
    io.of(s.nsp()).socket_by_id(room_of(e)).emit_with_ack("question", value::array({e[1]}), milliseconds(5'000),
                                                          [answer = e.later()](const troupe::ack_reply& r) { answer(r.args ? *r.args : value(r.reason)); });
  });
}

/// What the programs of a cluster say to each other.
void add_servers(troupe::server& io, troupe::io_namespace& ns) {
  ns.on("server-emit", [&io](socket& s, event& e) { io.of(s.nsp()).server_side_emit("note", e[0]); });
  ns.on("server-ask", [&io](socket& s, event& e) {
    io.of(s.nsp()).server_side_emit_with_ack(room_of(e), value::array({e[1]}), milliseconds(e[2].get<int>()), [answer = e.later()](const troupe::server_result& r) {
      value answers = value::object();
      for (const auto& a : r.answers)
        answers[a.node] = a.args;
      answer(value{{"answers", answers}, {"silent", names_of(r)}});
    });
  });
  const std::string nsp = ns.name();
  ns.on_server_event("note", [&io, nsp](const troupe::server_event& e) { io.of(nsp).everybody().local().emit("server-note", e[0]); });
  ns.on_server_event("double", [](const troupe::server_event& e) { e.ack(e[0], e[0]); });
  ns.on_server_event("mute", [](const troupe::server_event&) {});
}

void add_endings(troupe::server& io, troupe::io_namespace& ns) {
  ns.on("kick", [](socket& s, event& e) { s.disconnect(e[0].is_boolean() && e[0].get<bool>()); });
  ns.on("kick-room", [&io](socket& s, event& e) {
    io.of(s.nsp()).to(room_of(e)).disconnect_sockets(e[1].is_boolean() && e[1].get<bool>());
  });
  ns.on_disconnect([](socket& s, std::string_view reason) { s.broadcast().emit("left", s.id(), reason); });
}

} // namespace

void add_handlers(troupe::server& io, std::string_view nsp) {
  troupe::io_namespace ns = io.of(nsp);
  ns.on_connect([](socket& s) { s.emit("auth", s.auth()); });
  ns.on_any([](socket& s, event& e) { s.emit("unknown", e.name(), e.size()); });
  add_conversation(ns);
  add_rooms(io, ns);
  add_cluster(io, ns);
  add_remote_sockets(io, ns);
  add_servers(io, ns);
  add_endings(io, ns);
}

} // namespace interop
