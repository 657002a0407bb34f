// Questions to all nodes: lists, commands, broadcasts with acks, events for other servers.

#include "actors/actor_layer.hpp"

#include "actors/directory.hpp"
#include "actors/guarded.hpp"
#include "actors/parts.hpp"
#include "core/cluster/query_wire.hpp"
#include "core/engineio/sid.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {
namespace {

using cluster::query_outcome;

/// Calls `take(into, node, body)` for each part of kind `Body`.
template <class Body, class Into, class F>
Into collected(result<query_outcome> r, F take) {
  Into into;
  if (!r) {
    into.failed = r.error();
    return into;
  }
  into.silent = std::move(r->silent);
  into.cut = r->cut;
  if constexpr (requires { into.expected; })
    into.expected = static_cast<std::size_t>(r->expected);
  for (auto& [node, part] : r->parts)
    if (auto body = std::get_if<Body>(&part))
      take(into, node, *body);
  return into;
}

/// As many as fit; the rest is cut.
template <class T>
void append(found<T>& into, std::vector<T>& more, std::size_t max) {
  for (auto& one : more) {
    if (into.list.size() == max) {
      into.cut = true;
      return;
    }
    into.list.push_back(std::move(one));
  }
}

query_ask::whom whom_of(bool here_only) { return here_only ? query_ask::whom::here : query_ask::whom::everybody; }

control_outcome command_outcome(result<query_outcome> r) {
  return collected<cluster::carried_out, control_outcome>(
    std::move(r), [](control_outcome& into, const std::string&, cluster::carried_out& b) { into.sockets += b.sockets; });
}

cluster::wide_message message_of(selection& of, std::variant<ports::control_join, ports::control_leave, ports::control_disconnect>& command) {
  using what = cluster::wide_message::what;
  cluster::wide_message m;
  m.to = {std::move(of.nsp), std::move(of.rooms), std::move(of.except)};
  if (auto join = std::get_if<ports::control_join>(&command)) {
    m.kind = what::join;
    m.rooms = std::move(join->rooms);
  } else if (auto leave = std::get_if<ports::control_leave>(&command)) {
    m.kind = what::leave;
    m.rooms = std::move(leave->rooms);
  } else {
    m.kind = what::disconnect;
    m.close_transport = std::get<ports::control_disconnect>(command).close_transport;
  }
  return m;
}

} // namespace

void actor_layer::ask(struct query_ask q) {
  if (!parts_->stopped)
    parts_->hub->to_queries(std::move(q));
  else if (q.done)
    q.done(error{"not_ready", "the node is stopping"});
}

void actor_layer::control(selection of, std::variant<ports::control_join, ports::control_leave, ports::control_disconnect> command,
                          std::function<void(control_outcome)> done) {
  const auto to = whom_of(of.here_only);
  auto m = message_of(of, command);
  if (done)
    return ask({cluster::command{std::move(m)}, to, 0, parts_->hub->opts.query_timeout,
                [done = guarded(parts_->hub->counts, std::move(done))](result<query_outcome> r) { done(command_outcome(std::move(r))); }});
  if (parts_->stopped)
    return;
  if (to == query_ask::whom::everybody)
    parts_->hub->to_all_nodes(m);
  parts_->hub->carry_out(std::move(m));
}

void actor_layer::disconnect_user(std::string nsp, std::string user, bool close_transport, std::function<void(control_outcome)> done) {
  auto tell = [done = guarded(parts_->hub->counts, std::move(done))](result<query_outcome> r) {
    if (done)
      done(command_outcome(std::move(r)));
  };
  ask({cluster::disconnect_user{std::move(user), std::move(nsp), close_transport}, query_ask::whom::everybody, 0,
       parts_->hub->opts.query_timeout, std::move(tell)});
}

void actor_layer::perform(std::string nsp, std::string socket_id, logic::effects what, std::function<void(performed)> done) {
  auto& hub = *parts_->hub;
  auto tell = [done = guarded(hub.counts, std::move(done))](performed p) {
    if (done)
      done(p);
  };
  const auto id = engineio::parse_socket_id(socket_id);
  if (!id || parts_->stopped)
    return tell(performed::unknown_socket);
  if (id->node == hub.opts.node) {
    if (id->session.shard >= parts_->shards.size())
      return tell(performed::unknown_socket);
    return hub.to_connection(id->session, actors::perform{std::move(nsp), std::move(socket_id), std::move(what), [tell](bool was_there) {
                                            tell(was_there ? performed::done : performed::unknown_socket);
                                          }});
  }
  if (!cluster::may_travel(what))
    return tell(performed::too_much);
  ask({cluster::act{std::move(nsp), std::move(socket_id), std::move(what)}, query_ask::whom::one, id->node, hub.opts.query_timeout,
       [tell](result<query_outcome> r) {
         const auto outcome = command_outcome(std::move(r));
         if (outcome.failed)
           return tell(performed::unreachable);
         tell(outcome.sockets > 0 ? performed::done : outcome.silent.empty() ? performed::unknown_socket : performed::unreachable);
       }});
}

void actor_layer::list_rooms(std::size_t max, std::function<void(found<room_summary>)> done, where of) {
  if (!done)
    return;
  auto collect = [max, done = guarded(parts_->hub->counts, std::move(done))](result<query_outcome> r) {
    auto all = collected<cluster::rooms_found, found<room_summary>>(
      std::move(r), [max](auto& into, const std::string&, cluster::rooms_found& b) {
        into.total += b.count;
        append(into, b.list, max);
      });
    done(std::move(all));
  };
  ask({cluster::find_rooms{std::min<std::uint64_t>(max, cluster::max_found)}, whom_of(of == where::here), 0,
       parts_->hub->opts.query_timeout, std::move(collect)});
}

void actor_layer::list_members(std::string nsp, std::string room, std::size_t max, std::function<void(found<member_summary>)> done,
                               where of) {
  if (!done)
    return;
  auto collect = [max, done = guarded(parts_->hub->counts, std::move(done))](result<query_outcome> r) {
    auto all = collected<cluster::members_found, found<member_summary>>(
      std::move(r), [max](auto& into, const std::string&, cluster::members_found& b) {
        into.total = std::max(into.total, b.count);
        append(into, b.list, max);
      });
    all.total = std::max<std::uint64_t>(all.total, all.list.size()); // who joins right now is counted a moment later
    done(std::move(all));
  };
  ask({cluster::find_members{std::move(nsp), std::move(room), std::min<std::uint64_t>(max, cluster::max_found)},
       whom_of(of == where::here), 0, parts_->hub->opts.query_timeout, std::move(collect)});
}

void actor_layer::list_sockets(selection of, std::size_t max, std::function<void(found<socket_summary>)> done, bool handshakes) {
  if (!done)
    return;
  auto collect = [max, done = guarded(parts_->hub->counts, std::move(done))](result<query_outcome> r) {
    auto all = collected<cluster::sockets_found, found<socket_summary>>(
      std::move(r), [max](auto& into, const std::string& node, cluster::sockets_found& b) {
        for (auto& s : b.list)
          s.node = node;
        append(into, b.list, max);
      });
    all.total = all.list.size();
    done(std::move(all));
  };
  cluster::find_sockets q;
  const auto to = whom_of(of.here_only);
  q.of = {std::move(of.nsp), std::move(of.rooms), std::move(of.except)};
  q.user = std::move(of.user);
  q.max = std::min<std::uint64_t>(max, cluster::max_found);
  q.handshakes = handshakes;
  ask({std::move(q), to, 0, parts_->hub->opts.query_timeout, std::move(collect)});
}

void actor_layer::broadcast_with_ack(selection to, logic::broadcast what, duration timeout, std::function<void(ack_summary)> done) {
  auto collect = [done = guarded(parts_->hub->counts, std::move(done))](result<query_outcome> r) {
    auto all = collected<cluster::clients_answered, ack_summary>(
      std::move(r), [](ack_summary& into, const std::string&, cluster::clients_answered& b) {
        for (auto& a : b.list)
          into.answers.emplace_back(std::move(a.socket_id), std::move(a.args));
      });
    if (done)
      done(std::move(all));
  };
  cluster::ask_clients q;
  const auto whom = whom_of(to.here_only);
  q.to = {std::move(to.nsp), std::move(to.rooms), std::move(to.except)};
  q.event = std::move(what.event);
  q.args = std::move(what.args);
  q.is_volatile = what.is_volatile;
  q.compress = what.compress;
  q.timeout = std::clamp(timeout, duration(0), cluster::max_question_time);
  const auto limit = q.timeout;
  ask({std::move(q), whom, 0, limit, std::move(collect)});
}

void actor_layer::emit_to_servers(std::string nsp, std::string event, logic::arguments args) {
  ask({cluster::server_event{std::move(nsp), std::move(event), std::move(args), false}, query_ask::whom::others, 0, duration(0), {}});
}

void actor_layer::ask_servers(std::string nsp, std::string event, logic::arguments args, duration timeout,
                              std::function<void(server_summary)> done) {
  auto collect = [done = guarded(parts_->hub->counts, std::move(done))](result<query_outcome> r) {
    auto all = collected<cluster::server_answered, server_summary>(
      std::move(r), [](server_summary& into, const std::string& node, cluster::server_answered& b) {
        into.answers.emplace_back(node, std::move(b.args));
      });
    if (done)
      done(std::move(all));
  };
  ask({cluster::server_event{std::move(nsp), std::move(event), std::move(args), true}, query_ask::whom::others, 0,
       std::clamp(timeout, duration(0), cluster::max_question_time), std::move(collect)});
}

} // namespace troupe::actors
