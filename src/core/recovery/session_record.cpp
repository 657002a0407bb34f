#include "core/recovery/session_record.hpp"

#include "core/cluster/wire.hpp"

namespace troupe::recovery {

namespace wire = cluster::wire;

std::string encode(const stay& s) {
  std::string out;
  wire::put(out, std::uint64_t{s.node.number});
  wire::put(out, s.node.incarnation);
  wire::put(out, std::uint64_t{s.session.shard});
  wire::put(out, std::uint64_t{s.session.slot});
  wire::put(out, std::uint64_t{s.session.generation});
  return out;
}

std::optional<stay> decode_stay(std::string_view bytes) {
  wire::reader in(bytes);
  stay s;
  s.node.number = static_cast<std::uint16_t>(in.number(UINT16_MAX));
  s.node.incarnation = in.number();
  s.session.shard = static_cast<std::uint16_t>(in.number(UINT16_MAX));
  s.session.slot = static_cast<std::uint32_t>(in.number(UINT32_MAX));
  s.session.generation = static_cast<std::uint32_t>(in.number(UINT32_MAX));
  return in.done() ? std::optional(s) : std::nullopt;
}

std::string encode(const membership& m) {
  std::string out;
  for (const auto& p : {m.since, m.made_up_to}) {
    wire::put(out, p.epoch);
    wire::put(out, p.seq);
  }
  return out;
}

std::optional<membership> decode_membership(std::string_view bytes) {
  wire::reader in(bytes);
  membership m;
  for (auto* p : {&m.since, &m.made_up_to}) {
    p->epoch = in.number();
    p->seq = in.number();
  }
  return in.done() ? std::optional(m) : std::nullopt;
}

} // namespace troupe::recovery
