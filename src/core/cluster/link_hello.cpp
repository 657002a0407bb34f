#include "core/cluster/link_hello.hpp"

#include "core/cluster/wire.hpp"

#include <limits>

namespace troupe::cluster {
namespace {

constexpr std::string_view magic = "TRPL";

struct explained {
  std::string_view name, advice;
};
constexpr std::array<explained, link_refusals> refusals{{
  {"wrong_secret", "cluster.secret differs"},
  {"wrong_cluster", "cluster.name differs, or something else listens at the address"},
  {"not_tls", "what came was no TLS with the cluster's key"},
  {"too_slow", "it did not present itself in time"},
  {"too_many", "more connections presented themselves at once than may"},
  {"too_much", "it sent more than a node sends before it is known"},
  {"bad_hello", "it did not present itself as a node does"},
  {"wrong_protocol", "it speaks another version of the protocol between nodes; run the same version everywhere"},
  {"wrong_version", "it runs another release; run the same major.minor everywhere"},
  {"own_id", "it has the id of this node; every node needs a server.node_id of its own"},
  {"old_incarnation", "a younger process of that node is known"},
  {"wrong_node", "another node listens at the address; every node needs a cluster.host and port of its own"},
  {"tunnels_full", "cluster.max_tunnels are open"},
}};

std::string_view release_of(std::string_view version) {
  const auto dot = version.find('.');
  return dot == version.npos ? version : version.substr(0, version.find('.', dot + 1));
}

} // namespace

std::string encode(const link_hello& h) {
  std::string out(magic);
  wire::put(out, h.protocol);
  wire::put(out, h.version);
  wire::put(out, h.cluster);
  wire::put(out, h.from.node);
  wire::put(out, h.from.incarnation);
  wire::put(out, std::uint64_t{h.from.number});
  wire::put(out, h.to);
  wire::put(out, static_cast<std::uint64_t>(h.kind));
  wire::put(out, h.client);
  wire::put(out, std::uint64_t{h.client_secure});
  wire::put(out, std::uint64_t{h.hops});
  return out;
}

std::optional<link_hello> decode_hello(std::string_view bytes) {
  if (!bytes.starts_with(magic))
    return std::nullopt;
  wire::reader in(bytes.substr(magic.size()));
  link_hello h;
  h.protocol = in.number();
  if (in.ok() && h.protocol != link_protocol)
    return h;
  h.version = in.text();
  h.cluster = in.text();
  h.from.node = in.text();
  h.from.incarnation = in.number();
  h.from.number = static_cast<std::uint16_t>(in.number(std::numeric_limits<std::uint16_t>::max()));
  h.to = in.text();
  h.kind = static_cast<link_kind>(in.number(static_cast<std::uint64_t>(link_kind::tunnel)));
  h.client = in.text();
  h.client_secure = in.flag();
  h.hops = static_cast<std::uint8_t>(in.number(std::numeric_limits<std::uint8_t>::max()));
  if (!in.done() || h.from.node.empty())
    return std::nullopt;
  return h;
}

std::string_view to_string(link_refusal r) { return refusals[static_cast<std::size_t>(r)].name; }
std::string_view advice(link_refusal r) { return refusals[static_cast<std::size_t>(r)].advice; }

bool same_release(std::string_view a, std::string_view b) { return release_of(a) == release_of(b); }

std::optional<link_refusal> judge(const link_hello& theirs, const link_hello& ours, std::uint64_t known_incarnation) {
  if (theirs.protocol != ours.protocol)
    return link_refusal::wrong_protocol;
  if (theirs.cluster != ours.cluster)
    return link_refusal::wrong_cluster;
  if (!same_release(theirs.version, ours.version))
    return link_refusal::wrong_version;
  if (theirs.from.node == ours.from.node)
    return link_refusal::own_id;
  if (!theirs.to.empty() && theirs.to != ours.from.node)
    return link_refusal::wrong_node;
  if (theirs.from.incarnation < known_incarnation)
    return link_refusal::old_incarnation;
  return std::nullopt;
}

} // namespace troupe::cluster
