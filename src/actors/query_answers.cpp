#include "actors/query_answers.hpp"

#include "actors/hub.hpp"
#include "core/engineio/sid.hpp"
#include "core/room/room_key.hpp"

#include <caf/send.hpp>

#include <atomic>
#include <utility>

namespace troupe::actors {
namespace {

selection selection_of(const cluster::wide_selection& s, std::string user = {}) { return {s.nsp, s.rooms, s.except, std::move(user), true}; }

/// Cuts what was collected beyond `max` to see that there is more.
template <class T>
bool cut_to(std::vector<T>& list, std::size_t max) {
  if (list.size() <= max)
    return false;
  list.resize(max);
  return true;
}

/// Calls `then` with a count when everybody who holds the number has let it go.
std::shared_ptr<std::atomic<std::size_t>> tally(std::function<void(std::size_t)> then) {
  auto number = std::make_unique<std::atomic<std::size_t>>(0);
  return {number.release(), [then = std::move(then)](std::atomic<std::size_t>* n) {
            const auto reached = n->load();
            delete n;
            then(reached);
          }};
}

struct answerer {
  hub& h;
  answer_line to;

  void operator()(const cluster::find_sockets& q) const {
    auto done = [to = to, max = q.max](std::vector<socket_summary> list) {
      const bool cut = cut_to(list, max);
      to.whole(cluster::sockets_found{std::move(list)}, cut);
    };
    auto into = std::make_shared<gather<socket_summary>>(q.max + 1, std::move(done));
    h.to_all_connections(describe_sockets{std::make_shared<const selection>(selection_of(q.of, q.user)), q.handshakes, std::move(into)});
  }

  void operator()(const cluster::find_members& q) const {
    auto count = std::make_shared<std::atomic<std::uint64_t>>(0);
    auto done = [to = to, max = q.max, count](std::vector<member_summary> list) {
      const bool cut = cut_to(list, max);
      to.whole(cluster::members_found{std::move(list), count->load()}, cut);
    };
    auto into = std::make_shared<gather<member_summary>>(q.max + 1, std::move(done));
    h.to_room(room_key(q.nsp, q.room), room_list_members{std::move(into), std::move(count)});
  }

  void operator()(const cluster::find_rooms& q) const {
    auto count = std::make_shared<std::atomic<std::uint64_t>>(0);
    auto done = [to = to, count](std::vector<room_summary> list) {
      const bool cut = list.size() < count->load();
      to.whole(cluster::rooms_found{std::move(list), count->load()}, cut);
    };
    auto into = std::make_shared<gather<room_summary>>(q.max, std::move(done));
    for (auto& part : h.directories)
      caf::anon_send(part, list_rooms{into, count});
  }

  /// Answered when the sockets have carried it out, and their rooms know of it.
  void operator()(const cluster::command& q) const {
    auto rooms_told = [h = h.shared_from_this(), to = to, nsp = q.what.to.nsp, rooms = q.what.rooms](std::size_t reached) {
      auto seen = [to, reached](const std::vector<room_summary>&) { to.whole(cluster::carried_out{reached}); };
      auto into = std::make_shared<gather<room_summary>>(rooms.size(), std::move(seen));
      for (auto& room : rooms)
        h->to_room(room_key(nsp, room), room_describe{into});
    };
    h.carry_out(q.what, to.idle() ? nullptr : tally(std::move(rooms_told)));
  }

  void operator()(const cluster::disconnect_user& q) const {
    auto reached = tally([to = to](std::size_t n) { to.whole(cluster::carried_out{n}); });
    h.to_presence(q.user, presence_disconnect{q.nsp, q.close_transport, std::move(reached)});
  }

  void operator()(const cluster::ask_clients& q) const {
    if (!h.acks.ask(h, selection_of(q.to), q, to))
      to.whole(cluster::declined{});
  }

  void operator()(const cluster::act& q) const {
    const auto id = engineio::parse_socket_id(q.socket_id);
    if (!id || id->node != h.opts.node || id->session.shard >= h.shards())
      return to.whole(cluster::carried_out{0});
    h.to_connection(id->session,
                    perform{q.nsp, q.socket_id, q.what, [to = to](bool was_there) { to.whole(cluster::carried_out{was_there}); }});
  }

  void operator()(const cluster::give_up_session& q) const {
    h.give_up_session(q, [to = to](std::optional<recovery::places_before> places) {
      to.whole(cluster::session_given_up{std::move(places)});
    });
  }

  void operator()(const cluster::server_event& q) const {
    logic::server_event e{q.nsp, q.event, q.args, {}};
    if (q.wants_ack)
      e.reply = [to = to](std::optional<logic::arguments> args) {
        if (args)
          to.whole(cluster::server_answered{std::move(*args)});
        else
          to.part(cluster::clients_answered{}, 0);
      };
    h.namespaces.on_server_event(std::move(e));
  }
};

} // namespace

void answer(hub& h, const cluster::question_body& q, answer_line to) { std::visit(answerer{h, std::move(to)}, q); }

} // namespace troupe::actors
