#pragma once

#include "backends/redis/options.hpp"
#include "backends/redis/reply.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace troupe::redis {

/// The hash slot of a key, by its {tag} if it has one.
std::uint16_t hash_slot(std::string_view key);

/// "MOVED 3999 127.0.0.1:6381", "ASK ..." with the address to go to; `asked` fills in a host that Redis left out.
struct redirect {
  std::uint16_t slot = 0;
  endpoint to;
};
std::optional<redirect> redirect_of(const reply& r, const endpoint& asked);

/// Which node has which hash slot of a Redis Cluster.
class cluster_map {
 public:
  static constexpr std::size_t slots = 16'384;

  bool known() const { return !nodes_.empty(); }
  /// Reads the answer to CLUSTER SLOTS; false (and unchanged) when it is none or names nobody.
  bool read(const reply& r, const endpoint& asked);
  void moved(std::uint16_t slot, const endpoint& to);
  /// nullptr when nobody has it.
  const endpoint* owner(std::uint16_t slot) const;
  /// Every node that has slots.
  const std::vector<endpoint>& nodes() const { return nodes_; }

 private:
  std::uint16_t index_of(const endpoint& e);
  static constexpr std::uint16_t nobody = 0xffff;

  std::vector<endpoint> nodes_;
  std::vector<std::uint16_t> owner_;
};

} // namespace troupe::redis
