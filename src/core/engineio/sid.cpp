#include "core/engineio/sid.hpp"

#include "base/base64url.hpp"

#include <cstdint>

namespace troupe::engineio {
namespace {

using id_bytes = base64url::bytes<15>;

template <std::size_t N>
std::string finished(id_bytes& bytes, const std::array<unsigned char, N>& random) {
  for (const auto byte : random)
    bytes.put(byte, 1);
  return bytes.text();
}

} // namespace

std::string make_sid(const sid_parts& where, const std::array<unsigned char, 9>& random) {
  id_bytes bytes;
  bytes.put(where.node, 2).put(where.shard, 1).put(where.slot, 3);
  return finished(bytes, random);
}

std::optional<sid_parts> parse_sid(std::string_view sid) {
  auto bytes = id_bytes::of(sid);
  if (!bytes)
    return std::nullopt;
  sid_parts where;
  where.node = static_cast<std::uint16_t>(bytes->get(2));
  where.shard = static_cast<std::uint16_t>(bytes->get(1));
  where.slot = static_cast<std::uint32_t>(bytes->get(3));
  return where;
}

std::string make_socket_id(const socket_id_parts& where, const std::array<unsigned char, 5>& random) {
  id_bytes bytes;
  bytes.put(where.node, 2).put(where.session.shard, 1).put(where.session.slot, 3).put(where.session.generation, 4);
  return finished(bytes, random);
}

std::optional<socket_id_parts> parse_socket_id(std::string_view id) {
  auto bytes = id_bytes::of(id);
  if (!bytes)
    return std::nullopt;
  socket_id_parts where;
  where.node = static_cast<std::uint16_t>(bytes->get(2));
  where.session.shard = static_cast<std::uint16_t>(bytes->get(1));
  where.session.slot = static_cast<std::uint32_t>(bytes->get(3));
  where.session.generation = static_cast<std::uint32_t>(bytes->get(4));
  return where;
}

} // namespace troupe::engineio
