// Answers as bytes.

#include "core/cluster/query_wire.hpp"

#include "core/cluster/query_wire_parts.hpp"

#include <memory>
#include <utility>

namespace troupe::cluster {
namespace {

using query_parts::format;
using query_parts::put;
using query_parts::read_arguments;
using query_parts::read_names;
using query_parts::read_nsp;
using query_parts::reader;

constexpr std::size_t max_fields = 1'000;

void put(std::string& out, const engineio::field_list& fields) {
  std::uint64_t n = 0;
  fields.for_each([&](auto, auto) { ++n; });
  put(out, n);
  fields.for_each([&](std::string_view name, std::string_view value) {
    put(out, name);
    put(out, value);
  });
}
void read_fields(reader& in, engineio::field_list& fields) {
  const auto n = in.number(max_fields);
  for (std::uint64_t i = 0; i < n && in.ok(); ++i) {
    const auto name = in.text();
    fields.add(name, in.text());
  }
  fields.shrink();
}

void put(std::string& out, const engineio::handshake_ptr& shake) {
  put(out, shake != nullptr);
  if (!shake)
    return;
  put(out, shake->url);
  put(out, shake->address);
  put(out, shake->query);
  put(out, shake->headers);
  put(out, static_cast<std::uint64_t>(shake->issued));
  put(out, shake->secure);
  put(out, shake->xdomain);
}
engineio::handshake_ptr read_handshake(reader& in) {
  if (!in.flag())
    return nullptr;
  auto shake = std::make_shared<engineio::handshake>();
  shake->url = in.text();
  shake->address = in.text();
  read_fields(in, shake->query);
  read_fields(in, shake->headers);
  shake->issued = static_cast<unix_ms>(in.number());
  shake->secure = in.flag();
  shake->xdomain = in.flag();
  return shake;
}

void put(std::string& out, const found_socket& s) {
  put(out, s.id);
  put(out, s.nsp);
  put(out, s.who.user_id);
  put(out, s.who.tenant_id);
  put(out, s.who.roles);
  put(out, s.who.permissions);
  put(out, s.who.anonymous);
  put(out, s.who.guest);
  put(out, s.shake);
  put(out, s.rooms);
  put(out, s.auth);
  put(out, s.data);
}
void read(reader& in, found_socket& s) {
  s.id = in.text();
  s.nsp = read_nsp(in);
  s.who.user_id = in.text();
  s.who.tenant_id = in.text();
  s.who.roles = read_names(in);
  s.who.permissions = read_names(in);
  s.who.anonymous = in.flag();
  s.who.guest = in.flag();
  s.shake = read_handshake(in);
  s.rooms = read_names(in);
  s.auth = in.text();
  s.data = in.text();
}

void put(std::string& out, const found_member& m) {
  put(out, m.socket_id);
  put(out, m.user_id);
}
void read(reader& in, found_member& m) {
  m.socket_id = in.text();
  m.user_id = in.text();
}

void put(std::string& out, const found_room& r) {
  put(out, r.nsp);
  put(out, r.room);
  put(out, r.members);
  put(out, r.seq);
}
void read(reader& in, found_room& r) {
  r.nsp = read_nsp(in);
  r.room = in.text();
  r.members = in.number();
  r.seq = in.number();
}

void put(std::string& out, const client_answer& a) {
  put(out, a.socket_id);
  put(out, a.args);
}
void read(reader& in, client_answer& a) {
  a.socket_id = in.text();
  a.args = read_arguments(in);
}

template <class T>
std::vector<T> read_list(reader& in) {
  std::vector<T> list;
  const auto n = in.count();
  if (n > max_found)
    in.fail();
  for (std::size_t i = 0; i < n && in.ok(); ++i)
    read(in, list.emplace_back());
  return list;
}

template <class T>
void put_list(std::string& out, const std::vector<T>& list) {
  put(out, std::uint64_t{list.size()});
  for (auto& one : list)
    put(out, one);
}

struct body_writer {
  std::string& out;

  void operator()(const sockets_found& b) const { put_list(out, b.list); }
  void operator()(const members_found& b) const {
    put_list(out, b.list);
    put(out, b.count);
  }
  void operator()(const rooms_found& b) const {
    put_list(out, b.list);
    put(out, b.count);
  }
  void operator()(const carried_out& b) const { put(out, b.sockets); }
  void operator()(const clients_answered& b) const { put_list(out, b.list); }
  void operator()(const server_answered& b) const { put(out, b.args); }
  void operator()(const declined&) const {}
  void operator()(const session_given_up& b) const {
    put(out, b.places.has_value());
    put(out, std::uint64_t{b.places ? b.places->size() : 0});
    for (auto& p : b.places.value_or(recovery::places_before{})) {
      put(out, p.has_value());
      put(out, p.value_or(recovery::place{}).epoch);
      put(out, p.value_or(recovery::place{}).seq);
    }
  }
};

members_found read_members(reader& in) {
  members_found b{read_list<found_member>(in)};
  b.count = in.number();
  return b;
}
rooms_found read_rooms(reader& in) {
  rooms_found b{read_list<found_room>(in)};
  b.count = in.number();
  return b;
}

session_given_up read_session_given_up(reader& in) {
  const bool known = in.flag();
  recovery::places_before list;
  for (auto n = in.count(); n > 0 && in.ok(); --n) {
    const bool there = in.flag();
    recovery::place p;
    p.epoch = in.number();
    p.seq = in.number();
    list.push_back(there ? std::optional(p) : std::nullopt);
  }
  return known ? session_given_up{std::move(list)} : session_given_up{};
}

answer_body read_body(std::uint64_t kind, reader& in) {
  switch (kind) {
    case 0: return sockets_found{read_list<found_socket>(in)};
    case 1: return read_members(in);
    case 2: return read_rooms(in);
    case 3: return carried_out{in.number()};
    case 4: return clients_answered{read_list<client_answer>(in)};
    case 5: return server_answered{read_arguments(in)};
    case 6: return declined{};
    default: return read_session_given_up(in);
  }
}

/// How much of a list goes into each part: cuts it where the bytes are full.
template <class Body>
std::vector<answer> split(answer whole, Body& body, std::size_t part_bytes, std::size_t max_bytes) {
  std::vector<answer> parts;
  std::size_t in_part = 0, altogether = 0;
  std::uint64_t kept = 0;
  auto rest = std::exchange(body.list, {});
  for (auto& one : rest) {
    std::string bytes;
    put(bytes, one);
    altogether += bytes.size();
    if (altogether > max_bytes) {
      whole.cut = true;
      break;
    }
    if (parts.empty() || in_part + bytes.size() > part_bytes) {
      parts.push_back({whole.number, {}, false, body});
      in_part = 0;
      if constexpr (requires { body.count; })
        body.count = 0; // said once
    }
    in_part += bytes.size();
    ++kept;
    std::get<Body>(parts.back().body).list.push_back(std::move(one));
  }
  if (parts.empty())
    parts.push_back({whole.number, {}, false, body});
  parts.back().total = kept;
  parts.back().cut = whole.cut;
  return parts;
}

struct splitter {
  answer& whole;
  std::size_t part_bytes, max_bytes;

  std::vector<answer> operator()(auto& body) const {
    if constexpr (requires { body.list; }) {
      auto copy = std::move(body);
      return split(std::move(whole), copy, part_bytes, max_bytes);
    } else {
      whole.total = things_in(whole.body);
      return {std::move(whole)};
    }
  }
};

} // namespace

std::uint64_t things_in(const answer_body& b) {
  return std::visit(
    [](const auto& body) -> std::uint64_t {
      if constexpr (requires { body.list; })
        return body.list.size();
      else
        return 1;
    },
    b);
}

std::string encode(const answer& a) {
  std::string out;
  put(out, format);
  put(out, std::uint64_t{1});
  put(out, std::uint64_t{a.body.index()});
  put(out, a.number);
  put(out, a.total.has_value());
  put(out, std::uint64_t{a.total.value_or(0)});
  put(out, a.cut);
  std::visit(body_writer{out}, a.body);
  return out;
}

std::vector<std::string> encode_whole(answer a, std::size_t part_bytes, std::size_t max_bytes) {
  std::vector<std::string> bytes;
  for (auto& part : std::visit(splitter{a, part_bytes, max_bytes}, a.body))
    bytes.push_back(encode(part));
  return bytes;
}

std::optional<answer> decode_answer(std::string_view bytes) {
  reader in(bytes);
  if (in.number() != format || in.number() != 1)
    in.fail();
  const auto kind = in.number(std::variant_size_v<answer_body> - 1);
  answer a;
  a.number = in.number();
  const bool known = in.flag();
  if (const auto total = in.number(); known)
    a.total = total;
  a.cut = in.flag();
  a.body = read_body(kind, in);
  if (!in.done())
    return std::nullopt;
  return a;
}

} // namespace troupe::cluster
