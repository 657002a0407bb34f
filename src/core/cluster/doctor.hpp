#pragma once
// What a check of the store against a node's actors found, and how nodes tell each other. Pure.

#include "core/cluster/public_keys.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::cluster {

/// Of one node.
struct doctor_report {
  std::string node;
  std::string problem;           ///< why it could not be checked; empty: it was
  std::uint64_t sockets = 0, rooms = 0, users = 0; ///< that its actors have
  std::uint64_t slots_owned = 0;
  std::uint64_t slots_disagreeing = 0; ///< registry and node say different things of a slot, twice
  std::uint64_t slots_without_home = 0;
  std::array<std::uint64_t, key_kinds> missing{}; ///< entries that the store lacks, or has wrong
  std::array<std::uint64_t, key_kinds> extra{};   ///< entries that nobody has
  std::uint64_t repaired = 0;
  std::vector<std::string> dead; ///< nodes that are gone and whose entries were found

  std::uint64_t found() const;
  bool consistent(bool repaired_counts) const;
  bool operator==(const doctor_report&) const = default;
};
/// Adds up `wrong` by kind.
void count(doctor_report& r, const std::vector<key_change>& wrong);

struct doctor_request {
  std::uint64_t number = 0;
  bool repair = false;
};
struct doctor_answer {
  std::uint64_t number = 0;
  doctor_report report;
};
using doctor_message = std::variant<doctor_request, doctor_answer>;
std::string encode(const doctor_message& m);
/// Nothing when the bytes are no whole message.
std::optional<doctor_message> decode_doctor_message(std::string_view bytes);

} // namespace troupe::cluster
