#include "core/recovery/session_record.hpp"

#include "core/cluster/wire.hpp"

namespace troupe::recovery {

namespace wire = cluster::wire;

namespace {

constexpr std::uint64_t layout = 2;

void put(std::string& out, const place& p) {
  wire::put(out, p.epoch);
  wire::put(out, p.seq);
}

void put(std::string& out, const stay& s) {
  wire::put(out, std::uint64_t{s.node.number});
  wire::put(out, s.node.incarnation);
  wire::put(out, std::uint64_t{s.session.shard});
  wire::put(out, std::uint64_t{s.session.slot});
  wire::put(out, std::uint64_t{s.session.generation});
}

place read_place(wire::reader& in) {
  place p;
  p.epoch = in.number();
  p.seq = in.number();
  return p;
}

stay read_stay(wire::reader& in) {
  stay s;
  s.node.number = static_cast<std::uint16_t>(in.number(UINT16_MAX));
  s.node.incarnation = in.number();
  s.session.shard = static_cast<std::uint16_t>(in.number(UINT16_MAX));
  s.session.slot = static_cast<std::uint32_t>(in.number(UINT32_MAX));
  s.session.generation = static_cast<std::uint32_t>(in.number(UINT32_MAX));
  return s;
}

} // namespace

std::string encode(const stay& s) {
  std::string out;
  put(out, s);
  return out;
}

std::string encode(const session_record& r) {
  std::string out;
  wire::put(out, layout);
  wire::put(out, r.sid);
  wire::put(out, r.nsp);
  wire::put(out, r.user);
  wire::put(out, std::uint64_t{r.guest});
  wire::put(out, std::uint64_t{r.stays.size()});
  for (auto& s : r.stays)
    put(out, s);
  wire::put(out, std::uint64_t{r.rooms.size()});
  for (auto& [name, had] : r.rooms) {
    wire::put(out, name);
    put(out, had.since);
    put(out, had.made_up_to);
  }
  wire::put(out, r.shown ? encode(*r.shown) : std::string());
  return out;
}

std::optional<session_record> decode_record(std::string_view bytes) {
  wire::reader in(bytes);
  if (in.number() != layout)
    return std::nullopt;
  session_record r;
  r.sid = in.text();
  r.nsp = in.text();
  r.user = in.text();
  r.guest = in.flag();
  for (auto n = in.count(); n > 0; --n)
    r.stays.push_back(read_stay(in));
  for (auto n = in.count(); n > 0 && in.ok(); --n) {
    std::string name(in.text());
    auto& had = r.rooms[std::move(name)];
    had.since = read_place(in);
    had.made_up_to = read_place(in);
  }
  r.shown = decode_offset(in.text());
  return in.done() && !r.stays.empty() ? std::optional(std::move(r)) : std::nullopt;
}

} // namespace troupe::recovery
