// Questions as bytes. Answers: query_wire_answers.cpp.

#include "core/cluster/query_wire.hpp"

#include "core/cluster/query_wire_parts.hpp"

#include <algorithm>
#include <utility>

namespace troupe::cluster {
namespace {

using namespace query_parts;

constexpr std::size_t max_effects = 1'000;

enum class deed : std::uint8_t { reply, emit, join, leave, disconnect };

struct effect_writer {
  std::string& out;

  void kind(deed d) const { put(out, static_cast<std::uint64_t>(d)); }
  void operator()(const logic::reply& e) const {
    kind(deed::reply);
    put(out, e.args);
    put(out, e.ack_id.has_value());
    put(out, std::uint64_t{e.ack_id.value_or(0)});
  }
  void operator()(const logic::emit& e) const {
    kind(deed::emit);
    put(out, e.event);
    put(out, e.args);
    put(out, e.is_volatile);
    put(out, e.compress);
  }
  void operator()(const logic::join& e) const {
    kind(deed::join);
    put(out, e.room);
    put(out, e.announce);
  }
  void operator()(const logic::leave& e) const {
    kind(deed::leave);
    put(out, e.room);
    put(out, e.announce);
  }
  void operator()(const logic::disconnect& e) const {
    kind(deed::disconnect);
    put(out, e.close_transport);
  }
  void operator()(const auto&) const {} // see may_travel
};

logic::effect read_effect(reader& in) {
  switch (static_cast<deed>(in.number(4))) {
    case deed::reply: {
      logic::reply e{read_arguments(in), {}};
      const bool late = in.flag();
      if (const auto id = in.number(); late)
        e.ack_id = id;
      return e;
    }
    case deed::emit: {
      logic::emit e;
      e.event = in.text();
      e.args = read_arguments(in);
      e.is_volatile = in.flag();
      e.compress = in.flag();
      return e;
    }
    case deed::join: {
      logic::join e{std::string(in.text())};
      e.announce = in.flag();
      return e;
    }
    case deed::leave: {
      logic::leave e{std::string(in.text())};
      e.announce = in.flag();
      return e;
    }
    default: return logic::disconnect{in.flag()};
  }
}

struct question_writer {
  std::string& out;

  void operator()(const find_sockets& q) const {
    put(out, q.of);
    put(out, q.user);
    put(out, q.max);
    put(out, q.handshakes);
  }
  void operator()(const find_members& q) const {
    put(out, q.nsp);
    put(out, q.room);
    put(out, q.max);
  }
  void operator()(const find_rooms& q) const { put(out, q.max); }
  void operator()(const command& q) const { put(out, encode(q.what)); }
  void operator()(const disconnect_user& q) const {
    put(out, q.user);
    put(out, q.nsp);
    put(out, q.close_transport);
  }
  void operator()(const ask_clients& q) const {
    put(out, q.to);
    put(out, q.event);
    put(out, q.args);
    put(out, q.is_volatile);
    put(out, q.compress);
    put(out, static_cast<std::uint64_t>(q.timeout.count()));
  }
  void operator()(const act& q) const {
    put(out, q.nsp);
    put(out, q.socket_id);
    put(out, std::uint64_t{q.what.size()});
    for (auto& e : q.what)
      std::visit(effect_writer{out}, e);
  }
  void operator()(const server_event& q) const {
    put(out, q.nsp);
    put(out, q.event);
    put(out, q.args);
    put(out, q.wants_ack);
  }
  void operator()(const give_up_session& q) const {
    put(out, q.nsp);
    put(out, q.socket_id);
    for (const std::uint64_t n : {std::uint64_t{q.session.shard}, std::uint64_t{q.session.slot}, std::uint64_t{q.session.generation},
                                  q.event.room, q.event.at.epoch, q.event.at.seq, std::uint64_t{q.rooms.size()}})
      put(out, n);
    for (const auto room : q.rooms)
      put(out, room);
  }
};

find_sockets read_find_sockets(reader& in) {
  find_sockets q;
  q.of = read_selection(in);
  q.user = in.text();
  q.max = in.number(max_found);
  q.handshakes = in.flag();
  return q;
}
find_members read_find_members(reader& in) {
  find_members q;
  q.nsp = read_nsp(in);
  q.room = in.text();
  q.max = in.number(max_found);
  return q;
}
command read_command(reader& in) {
  auto what = decode_wide_message(in.text());
  const bool good = what && what->kind != wide_message::what::broadcast && what->rooms.size() <= max_names;
  if (!good)
    in.fail();
  return {good ? std::move(*what) : wide_message{}};
}
disconnect_user read_disconnect_user(reader& in) {
  disconnect_user q;
  q.user = in.text();
  q.nsp = read_nsp(in);
  q.close_transport = in.flag();
  return q;
}
ask_clients read_ask_clients(reader& in) {
  ask_clients q;
  q.to = read_selection(in);
  q.event = in.text();
  q.args = read_arguments(in);
  q.is_volatile = in.flag();
  q.compress = in.flag();
  q.timeout = duration(static_cast<std::int64_t>(in.number(static_cast<std::uint64_t>(max_question_time.count()))));
  return q;
}
act read_act(reader& in) {
  act q;
  q.nsp = read_nsp(in);
  q.socket_id = in.text();
  const auto n = in.number(max_effects);
  for (std::uint64_t i = 0; i < n && in.ok(); ++i)
    q.what.push_back(read_effect(in));
  return q;
}
server_event read_server_event(reader& in) {
  server_event q;
  q.nsp = read_nsp(in);
  q.event = in.text();
  q.args = read_arguments(in);
  q.wants_ack = in.flag();
  return q;
}

give_up_session read_give_up_session(reader& in) {
  give_up_session q;
  q.nsp = read_nsp(in);
  q.socket_id = in.text();
  q.session.shard = static_cast<std::uint16_t>(in.number(UINT16_MAX));
  q.session.slot = static_cast<std::uint32_t>(in.number(UINT32_MAX));
  q.session.generation = static_cast<std::uint32_t>(in.number(UINT32_MAX));
  q.event.room = in.number();
  q.event.at.epoch = in.number();
  q.event.at.seq = in.number();
  for (auto n = in.count(); n > 0 && in.ok(); --n)
    q.rooms.push_back(in.number());
  return q;
}

question_body read_question(std::uint64_t kind, reader& in) {
  switch (kind) {
    case 0: return read_find_sockets(in);
    case 1: return read_find_members(in);
    case 2: return find_rooms{in.number(max_found)};
    case 3: return read_command(in);
    case 4: return read_disconnect_user(in);
    case 5: return read_ask_clients(in);
    case 6: return read_act(in);
    case 7: return read_server_event(in);
    default: return read_give_up_session(in);
  }
}

} // namespace

bool may_travel(const logic::effects& what) {
  return what.size() <= max_effects && std::all_of(what.begin(), what.end(), [](const logic::effect& e) {
    if (auto emit = std::get_if<logic::emit>(&e))
      return !emit->on_ack;
    return std::holds_alternative<logic::reply>(e) || std::holds_alternative<logic::join>(e) || std::holds_alternative<logic::leave>(e)
           || std::holds_alternative<logic::disconnect>(e);
  });
}

std::string encode(const question& q) {
  std::string out;
  put(out, format);
  put(out, std::uint64_t{0});
  put(out, std::uint64_t{q.body.index()});
  put(out, q.number);
  std::visit(question_writer{out}, q.body);
  return out;
}

std::optional<question> decode_question(std::string_view bytes) {
  reader in(bytes);
  if (in.number() != format || in.number() != 0)
    in.fail();
  const auto kind = in.number(std::variant_size_v<question_body> - 1);
  question q;
  q.number = in.number();
  q.body = read_question(kind, in);
  if (!in.done())
    return std::nullopt;
  return q;
}

bool is_answer(std::string_view bytes) { return bytes.size() > 1 && bytes[1] == 1; }

} // namespace troupe::cluster
