#include "core/presence/presence_wire.hpp"

#include "core/cluster/wire.hpp"

namespace troupe::presence {
namespace {

using cluster::wire::put;
using cluster::wire::reader;

void put(std::string& out, session_ref s) {
  put(out, std::uint64_t{s.shard});
  put(out, std::uint64_t{s.slot});
  put(out, std::uint64_t{s.generation});
}
session_ref read_session(reader& in) {
  session_ref s;
  s.shard = static_cast<std::uint16_t>(in.number(0xffff));
  s.slot = static_cast<std::uint32_t>(in.number(0xffffffff));
  s.generation = static_cast<std::uint32_t>(in.number(0xffffffff));
  return s;
}

// A place travels without its node: it is the sender's.
void put(std::string& out, const place& p) {
  put(out, p.session);
  put(out, std::string_view(p.nsp));
  put(out, std::string_view(p.device));
}
place read_place(reader& in) {
  place p;
  p.session = read_session(in);
  p.nsp = in.text();
  p.device = in.text();
  return p;
}
void put(std::string& out, const std::vector<place>& list) {
  put(out, std::uint64_t{list.size()});
  for (auto& p : list)
    put(out, p);
}
std::vector<place> read_places(reader& in) {
  std::vector<place> list;
  const auto n = in.count();
  for (std::size_t i = 0; i < n && in.ok(); ++i)
    list.push_back(read_place(in));
  return list;
}

void put(std::string& out, const std::vector<std::string>& list) {
  put(out, std::uint64_t{list.size()});
  for (auto& one : list)
    put(out, std::string_view(one));
}
std::vector<std::string> read_texts(reader& in) {
  std::vector<std::string> list;
  const auto n = in.count();
  for (std::size_t i = 0; i < n && in.ok(); ++i)
    list.emplace_back(in.text());
  return list;
}

void put(std::string& out, const std::optional<unix_ms>& t) { put(out, t ? static_cast<std::uint64_t>(*t) + 1 : std::uint64_t{0}); }
std::optional<unix_ms> read_time(reader& in) {
  const auto t = in.number();
  return t ? std::optional<unix_ms>(static_cast<unix_ms>(t - 1)) : std::nullopt;
}

void put(std::string& out, const state& s) {
  put(out, std::uint64_t{s.online});
  put(out, std::string_view(s.status));
  put(out, s.last_seen);
}
state read_state(reader& in) {
  state s;
  s.online = in.flag();
  s.status = in.text();
  s.last_seen = read_time(in);
  return s;
}

void put(std::string& out, const std::optional<belief>& b) {
  put(out, b ? (b->online ? std::uint64_t{2} : std::uint64_t{1}) : std::uint64_t{0});
  if (b)
    put(out, std::string_view(b->status));
}
std::optional<belief> read_belief(reader& in) {
  const auto kind = in.number(2);
  return kind ? std::optional(belief{kind == 2, std::string(in.text())}) : std::nullopt;
}

struct body_writer {
  std::string& out;
  void operator()(const restore& m) const {
    put(out, m.sockets);
    put(out, m.watchers);
    put(out, std::string_view(m.status));
    put(out, m.last_seen);
    put(out, m.believed);
    put(out, m.seq);
  }
  void operator()(const attach& m) const {
    put(out, m.socket);
    put(out, static_cast<std::uint64_t>(m.at));
  }
  void operator()(const detach& m) const {
    put(out, m.socket);
    put(out, static_cast<std::uint64_t>(m.at));
  }
  void operator()(const say& m) const { put(out, std::string_view(m.status)); }
  void operator()(const watch& m) const {
    put(out, m.number);
    put(out, m.watcher);
  }
  void operator()(const unwatch& m) const { put(out, m.watcher); }
  void operator()(const send& m) const {
    put(out, m.number);
    put(out, std::string_view(m.from));
    put(out, std::string_view(m.nsp));
    put(out, std::string_view(m.what.user));
    put(out, std::string_view(m.what.event));
    put(out, std::string_view(m.what.args.json));
    put(out, m.what.args.attachments);
    put(out, std::string_view(m.what.id));
  }
  void operator()(const describe& m) const { put(out, m.number); }
  void operator()(const done& m) const {
    put(out, m.number);
    put(out, std::uint64_t{m.failed.has_value()});
    if (m.failed) {
      put(out, std::string_view(m.failed->code));
      put(out, std::string_view(m.failed->message));
    }
    put(out, std::string_view(m.text));
    put(out, m.now);
    put(out, m.sockets);
    put(out, static_cast<std::uint64_t>(m.status));
    put(out, static_cast<std::uint64_t>(m.ts));
    put(out, std::uint64_t{m.duplicate});
  }
  void operator()(const tell& m) const {
    put(out, std::string_view(m.name));
    put(out, m.seq);
    put(out, static_cast<std::uint64_t>(m.ts));
    put(out, std::uint64_t{m.sessions.size()});
    for (auto s : m.sessions)
      put(out, s);
    put(out, std::string_view(m.nsp));
    put(out, std::string_view(m.data));
    put(out, m.attachments);
    put(out, m.token);
  }
  void operator()(const became& m) const {
    put(out, m.now);
    put(out, m.watchers);
  }
  void operator()(const bereft&) const {}
  void operator()(const give& m) const {
    put(out, m.token);
    put(out, m.socket);
    put(out, std::uint64_t{m.what.size()});
    for (auto& w : m.what) {
      put(out, std::string_view(w.id));
      put(out, std::string_view(w.data));
      put(out, w.attachments);
    }
  }
  void operator()(const given& m) const {
    put(out, m.token);
    put(out, std::uint64_t{m.taken});
  }
  void operator()(const look&) const {}
  void operator()(const told& m) const { put(out, m.token); }
};

restore read_restore(reader& in) {
  restore m;
  m.sockets = read_places(in);
  m.watchers = read_places(in);
  m.status = in.text();
  m.last_seen = read_time(in);
  m.believed = read_belief(in);
  m.seq = in.number();
  return m;
}
send read_send(reader& in) {
  send m;
  m.number = in.number();
  m.from = in.text();
  m.nsp = in.text();
  m.what.user = in.text();
  m.what.event = in.text();
  m.what.args.json = in.text();
  m.what.args.attachments = read_texts(in);
  m.what.id = in.text();
  return m;
}
watch read_watch(reader& in) {
  const auto number = in.number();
  return {number, read_place(in)};
}
done read_done(reader& in) {
  done m;
  m.number = in.number();
  if (in.flag()) {
    m.failed.emplace();
    m.failed->code = in.text();
    m.failed->message = in.text();
  }
  m.text = in.text();
  m.now = read_state(in);
  m.sockets = in.number();
  m.status = static_cast<delivery_status>(in.number(2));
  m.ts = static_cast<unix_ms>(in.number());
  m.duplicate = in.flag();
  return m;
}
tell read_tell(reader& in) {
  tell m;
  m.name = in.text();
  m.seq = in.number();
  m.ts = static_cast<unix_ms>(in.number());
  const auto n = in.count();
  for (std::size_t i = 0; i < n && in.ok(); ++i)
    m.sessions.push_back(read_session(in));
  m.nsp = in.text();
  m.data = in.text();
  m.attachments = read_texts(in);
  m.token = in.number();
  return m;
}
give read_give(reader& in) {
  give m;
  m.token = in.number();
  m.socket = read_place(in);
  const auto n = in.count();
  for (std::size_t i = 0; i < n && in.ok(); ++i) {
    waiting w;
    w.id = in.text();
    w.nsp = m.socket.nsp;
    w.data = in.text();
    w.attachments = read_texts(in);
    m.what.push_back(std::move(w));
  }
  return m;
}
given read_given(reader& in) {
  const auto token = in.number();
  return {token, in.flag()};
}
became read_became(reader& in) {
  auto now = read_state(in);
  return {std::move(now), read_places(in)};
}
template <class Move>
Move read_move(reader& in) {
  auto socket = read_place(in);
  return {std::move(socket), static_cast<unix_ms>(in.number())};
}

message read_body(std::uint64_t kind, reader& in) {
  switch (kind) {
    case 0: return read_restore(in);
    case 1: return read_move<attach>(in);
    case 2: return read_move<detach>(in);
    case 3: return say{std::string(in.text())};
    case 4: return read_watch(in);
    case 5: return unwatch{read_place(in)};
    case 6: return read_send(in);
    case 7: return describe{in.number()};
    case 8: return read_done(in);
    case 9: return read_tell(in);
    case 10: return read_became(in);
    case 11: return bereft{};
    case 12: return read_give(in);
    case 13: return read_given(in);
    case 14: return look{};
    default: return told{in.number()};
  }
}

} // namespace

bool is_for_home(const message& m) {
  return !std::holds_alternative<done>(m) && !std::holds_alternative<tell>(m) && !std::holds_alternative<became>(m)
         && !std::holds_alternative<give>(m);
}

std::string encode(const letter& l) {
  std::string out;
  put(out, std::uint64_t{l.body.index()});
  put(out, l.epoch);
  std::visit(body_writer{out}, l.body);
  return out;
}

std::optional<letter> decode(std::string_view bytes) {
  reader in(bytes);
  const auto kind = in.number(std::variant_size_v<message> - 1);
  const auto epoch = in.number();
  letter l{epoch, read_body(kind, in)};
  if (!in.done())
    return std::nullopt;
  return l;
}

bool needs_home(std::string_view bytes) {
  return !bytes.empty() && (bytes[0] == 0 || bytes[0] == 1 || bytes[0] == 4 || bytes[0] == 6 || bytes[0] == 7 || bytes[0] == 11);
}

} // namespace troupe::presence
