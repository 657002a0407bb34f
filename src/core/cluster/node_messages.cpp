#include "core/cluster/node_messages.hpp"

#include "core/cluster/slots.hpp"
#include "core/cluster/wire.hpp"

namespace troupe::cluster {
namespace {

using wire::put;
using wire::reader;

/// In front of each letter, so that a later version can tell it from its own.
constexpr std::uint64_t format = 1;

void put(std::string& out, node_ref n) {
  put(out, std::uint64_t{n.number});
  put(out, n.incarnation);
}
node_ref read_ref(reader& in) {
  node_ref n;
  n.number = static_cast<std::uint16_t>(in.number(0xffff));
  n.incarnation = in.number();
  if (!n)
    in.fail();
  return n;
}

std::uint16_t read_slot(reader& in) { return static_cast<std::uint16_t>(in.number(slot_count - 1)); }

/// How many entries of a list follow.
std::size_t read_count(reader& in) {
  const auto n = in.count();
  if (n > slot_count)
    in.fail();
  return in.ok() ? n : 0;
}

struct body_writer {
  std::string& out;

  void operator()(const gossip& g) const {
    put(out, std::uint64_t{g.registry_up});
    put(out, std::uint64_t{g.draining});
    put(out, g.slots_version);
    put(out, std::uint64_t{g.slots});
    put(out, g.company);
  }
  void operator()(const homes& h) const {
    put(out, std::uint64_t{h.nodes.size()});
    for (auto& n : h.nodes) {
      put(out, std::string_view(n.id));
      put(out, n.ref);
    }
    put(out, std::uint64_t{h.slots.size()});
    for (auto& s : h.slots) {
      put(out, std::uint64_t{s.slot});
      put(out, s.epoch);
      put(out, std::uint64_t{s.node});
    }
  }
  void operator()(const taken& t) const {
    put(out, t.number);
    put(out, std::uint64_t{t.slots.size()});
    for (auto& [slot, epoch] : t.slots) {
      put(out, std::uint64_t{slot});
      put(out, epoch);
    }
  }
  void operator()(const reported& r) const { put(out, r.number); }
  void operator()(const left&) const {}
};

gossip read_gossip(reader& in) {
  gossip g;
  g.registry_up = in.flag();
  g.draining = in.flag();
  g.slots_version = in.number();
  g.slots = static_cast<std::uint16_t>(in.number(slot_count));
  g.company = in.number();
  return g;
}

homes read_homes(reader& in) {
  homes h;
  for (auto n = read_count(in); n > 0 && in.ok(); --n) {
    named_node node;
    node.id = in.text();
    if (node.id.empty() || node.id.size() > max_node_id)
      in.fail();
    node.ref = read_ref(in);
    h.nodes.push_back(std::move(node));
  }
  for (auto n = read_count(in); n > 0 && in.ok(); --n) {
    known_home s;
    s.slot = read_slot(in);
    s.epoch = in.number(max_epoch);
    s.node = static_cast<std::uint16_t>(in.number(slot_count));
    if (s.node >= h.nodes.size())
      in.fail();
    h.slots.push_back(s);
  }
  return h;
}

taken read_taken(reader& in) {
  taken t;
  t.number = in.number();
  for (auto n = read_count(in); n > 0 && in.ok(); --n) {
    const auto slot = read_slot(in);
    t.slots.emplace_back(slot, in.number(max_epoch));
  }
  return t;
}

node_message read_body(std::uint64_t kind, reader& in) {
  switch (kind) {
    case 0: return read_gossip(in);
    case 1: return read_homes(in);
    case 2: return read_taken(in);
    case 3: return reported{in.number()};
    default: return left{};
  }
}

} // namespace

std::string encode(const node_letter& l) {
  std::string out;
  put(out, format);
  put(out, l.from);
  put(out, std::uint64_t{l.body.index()});
  std::visit(body_writer{out}, l.body);
  return out;
}

std::optional<node_letter> decode_node_letter(std::string_view bytes) {
  reader in(bytes);
  if (in.number() != format)
    in.fail();
  node_letter l;
  l.from = read_ref(in);
  l.body = read_body(in.number(std::variant_size_v<node_message> - 1), in);
  if (!in.done())
    return std::nullopt;
  return l;
}

} // namespace troupe::cluster
