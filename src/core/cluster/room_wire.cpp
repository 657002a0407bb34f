#include "core/cluster/room_wire.hpp"

#include "core/cluster/wire.hpp"

namespace troupe::cluster {
namespace {

using wire::put;
using wire::reader;

constexpr std::size_t max_attachments = 1'000;

void put(std::string& out, node_ref n) {
  put(out, std::uint64_t{n.number});
  put(out, n.incarnation);
}
node_ref read_node(reader& in) {
  node_ref n;
  n.number = static_cast<std::uint16_t>(in.number(0xffff));
  n.incarnation = in.number();
  return n;
}

void put(std::string& out, const std::optional<session_ref>& s) {
  put(out, std::uint64_t{s.has_value()});
  if (!s)
    return;
  put(out, std::uint64_t{s->shard});
  put(out, std::uint64_t{s->slot});
  put(out, std::uint64_t{s->generation});
}
std::optional<session_ref> read_session(reader& in) {
  if (!in.flag())
    return std::nullopt;
  session_ref s;
  s.shard = static_cast<std::uint16_t>(in.number(0xffff));
  s.slot = static_cast<std::uint32_t>(in.number(0xffffffff));
  s.generation = static_cast<std::uint32_t>(in.number(0xffffffff));
  return s;
}

void put(std::string& out, const logic::arguments& a) {
  put(out, std::string_view(a.json));
  put(out, std::uint64_t{a.attachments.size()});
  for (auto& one : a.attachments)
    put(out, std::string_view(one));
}
logic::arguments read_arguments(reader& in) {
  logic::arguments a;
  a.json = in.text();
  const auto n = in.number(max_attachments);
  for (std::size_t i = 0; i < n && in.ok(); ++i)
    a.attachments.emplace_back(in.text());
  return a;
}

void put(std::string& out, const room_message& m) {
  put(out, m.epoch);
  put(out, m.seq);
  put(out, static_cast<std::uint64_t>(m.ts));
  put(out, m.from.node);
  put(out, m.from.op);
  put(out, m.except);
  put(out, std::string_view(m.user));
  put(out, std::string_view(m.id));
  put(out, std::string_view(m.event));
  put(out, m.args);
  put(out, std::uint64_t{m.is_volatile});
  put(out, m.document_version);
}
message_ptr read_message(reader& in) {
  auto m = std::make_shared<room_message>();
  m->epoch = in.number();
  m->seq = in.number();
  m->ts = static_cast<unix_ms>(in.number());
  m->from.node = read_node(in);
  m->from.op = in.number();
  m->except = read_session(in);
  m->user = in.text();
  m->id = in.text();
  m->event = in.text();
  m->args = read_arguments(in);
  m->is_volatile = in.flag();
  m->document_version = in.number();
  return m;
}

void put(std::string& out, const std::vector<message_ptr>& list) {
  put(out, std::uint64_t{list.size()});
  for (auto& m : list)
    put(out, *m);
}
std::vector<message_ptr> read_messages(reader& in) {
  std::vector<message_ptr> list;
  const auto n = in.count();
  for (std::size_t i = 0; i < n && in.ok(); ++i)
    list.push_back(read_message(in));
  return list;
}

void put(std::string& out, const notice& n) {
  put(out, n.from);
  put(out, n.except);
  put(out, std::string_view(n.event));
  put(out, std::string_view(n.json));
}
notice read_notice(reader& in) {
  notice n;
  n.from = read_node(in);
  n.except = read_session(in);
  n.event = in.text();
  n.json = in.text();
  return n;
}

void put(std::string& out, const publish_op& o) {
  put(out, std::string_view(o.user));
  put(out, std::string_view(o.id));
  put(out, std::string_view(o.event));
  put(out, o.args);
  put(out, std::uint64_t{o.stamp});
  put(out, std::uint64_t{o.is_volatile});
  put(out, o.except);
}
void put(std::string& out, const document_op& o) {
  put(out, std::string_view(o.document));
  put(out, std::string_view(o.user));
  put(out, std::string_view(o.changes));
  put(out, o.base);
  put(out, o.except);
}
void put(std::string& out, const members_op& o) { put(out, o.members); }

void put(std::string& out, const room_op& o) {
  put(out, o.number);
  put(out, std::uint64_t{o.body.index()});
  std::visit([&](auto& body) { put(out, body); }, o.body);
}

op_body read_op(reader& in) {
  switch (in.number(2)) {
    case 0: {
      publish_op o;
      o.user = in.text();
      o.id = in.text();
      o.event = in.text();
      o.args = read_arguments(in);
      o.stamp = in.flag();
      o.is_volatile = in.flag();
      o.except = read_session(in);
      return o;
    }
    case 1: {
      document_op o;
      o.document = in.text();
      o.user = in.text();
      o.changes = in.text();
      o.base = in.number();
      o.except = read_session(in);
      return o;
    }
    default: return members_op{in.number()};
  }
}

void put(std::string& out, const op_result& r) {
  put(out, std::uint64_t{r.failed.has_value()});
  if (r.failed) {
    put(out, std::string_view(r.failed->code));
    put(out, std::string_view(r.failed->message));
  }
  put(out, r.epoch);
  put(out, r.seq);
  put(out, static_cast<std::uint64_t>(r.ts));
  put(out, std::uint64_t{r.duplicate});
  put(out, static_cast<std::uint64_t>(r.level));
  put(out, r.version);
  put(out, r.members);
}
op_result read_result(reader& in) {
  op_result r;
  if (in.flag()) {
    r.failed.emplace();
    r.failed->code = in.text();
    r.failed->message = in.text();
  }
  r.epoch = in.number();
  r.seq = in.number();
  r.ts = static_cast<unix_ms>(in.number());
  r.duplicate = in.flag();
  r.level = static_cast<safety>(in.number(2));
  r.version = in.number();
  r.members = in.number();
  return r;
}

struct body_writer {
  std::string& out;
  void operator()(const follow& m) const {
    put(out, m.promised);
    put(out, m.epoch);
    put(out, m.seq);
    put(out, m.members);
    put(out, m.document_version);
    put(out, m.tail);
  }
  void operator()(const unfollow&) const {}
  void operator()(const submit& m) const {
    put(out, m.epoch);
    put(out, m.previous);
    put(out, m.op);
  }
  void operator()(const relay& m) const { put(out, m.what); }
  void operator()(const following& m) const {
    put(out, m.epoch);
    put(out, m.last_epoch);
    put(out, m.seq);
    put(out, m.members);
    put(out, m.document_version);
    put(out, std::uint64_t{m.complete});
    put(out, m.missing);
  }
  void operator()(const ordered& m) const {
    put(out, m.epoch);
    put(out, *m.what);
  }
  void operator()(const told& m) const { put(out, m.what); }
  void operator()(const op_done& m) const {
    put(out, m.epoch);
    put(out, m.number);
    put(out, m.result);
  }
};

follow read_follow(reader& in) {
  follow m;
  m.promised = in.number();
  m.epoch = in.number();
  m.seq = in.number();
  m.members = in.number();
  m.document_version = in.number();
  m.tail = read_messages(in);
  return m;
}
submit read_submit(reader& in) {
  submit m;
  m.epoch = in.number();
  m.previous = in.number();
  m.op.number = in.number();
  m.op.body = read_op(in);
  return m;
}
following read_following(reader& in) {
  following m;
  m.epoch = in.number();
  m.last_epoch = in.number();
  m.seq = in.number();
  m.members = in.number();
  m.document_version = in.number();
  m.complete = in.flag();
  m.missing = read_messages(in);
  return m;
}
ordered read_ordered(reader& in) {
  const auto epoch = in.number();
  return {epoch, read_message(in)};
}
op_done read_done(reader& in) {
  op_done m;
  m.epoch = in.number();
  m.number = in.number();
  m.result = read_result(in);
  return m;
}

replica_message read_body(std::uint64_t kind, reader& in) {
  switch (kind) {
    case 0: return read_follow(in);
    case 1: return unfollow{};
    case 2: return read_submit(in);
    case 3: return relay{read_notice(in)};
    case 4: return read_following(in);
    case 5: return read_ordered(in);
    case 6: return told{read_notice(in)};
    default: return read_done(in);
  }
}

} // namespace

void encode(std::string& out, const replica_message& m) {
  put(out, std::uint64_t{m.index()});
  std::visit(body_writer{out}, m);
}

void encode_submit(std::string& out, std::uint64_t epoch, std::uint64_t previous, const room_op& op) {
  put(out, std::uint64_t{replica_message(std::in_place_type<submit>).index()});
  put(out, epoch);
  put(out, previous);
  put(out, op);
}

void encode_ordered(std::string& out, std::uint64_t epoch, const room_message& m) {
  put(out, std::uint64_t{replica_message(std::in_place_type<ordered>).index()});
  put(out, epoch);
  put(out, m);
}

bool needs_home(std::string_view bytes) {
  return !bytes.empty() && (bytes[0] == 0 || bytes[0] == 2);
}

std::optional<replica_message> decode_replica_message(std::string_view bytes) {
  reader in(bytes);
  auto m = read_body(in.number(7), in);
  if (!in.done())
    return std::nullopt;
  return m;
}

std::string encode_entry(const room_message& m) {
  std::string out;
  put(out, m);
  return out;
}

message_ptr decode_entry(std::string_view bytes) {
  reader in(bytes);
  auto m = read_message(in);
  return in.done() ? m : nullptr;
}

} // namespace troupe::cluster
