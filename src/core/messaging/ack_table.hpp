#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/logic/effects.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::messaging {

/// Ack ids from here on belong to broadcasts, whose id is the same for every receiver; connections count below. All stay
/// under 2^31, because several clients read them as 32-bit integers.
inline constexpr std::uint32_t first_broadcast_ack = 1u << 30;
inline constexpr std::uint32_t ack_id_end = 1u << 31;

/// Acknowledgements that one connection's client still owes us.
class ack_table {
 public:
  using callback = std::function<void(result<logic::arguments>)>;

  explicit ack_table(std::size_t max_pending) : max_pending_(max_pending) {}

  /// The id to send with the event, or nothing when too many are pending (then `on_ack` is not kept).
  std::optional<std::uint32_t> add(std::string nsp, callback on_ack, std::optional<time_point> deadline);
  /// Removes the entry that an ack of this namespace answers.
  std::optional<callback> take(std::uint64_t id, std::string_view nsp);
  /// Removes all of a namespace.
  std::vector<callback> take_all(std::string_view nsp);
  /// Removes those whose time is over.
  std::vector<callback> expire(time_point now);
  std::optional<time_point> next_deadline() const;
  std::size_t size() const { return pending_.size(); }

 private:
  struct entry {
    std::string nsp;
    callback on_ack;
    std::optional<time_point> deadline;
  };
  using table = std::map<std::uint32_t, entry>;
  callback remove(table::iterator i);

  std::size_t max_pending_;
  std::uint32_t next_ = 0;
  table pending_;
  std::set<std::pair<time_point, std::uint32_t>> deadlines_;
};

} // namespace troupe::messaging
