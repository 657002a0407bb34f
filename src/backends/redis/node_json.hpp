#pragma once

#include "ports/registry.hpp"

#include <optional>
#include <string>

namespace troupe::redis {

/// How a node's record stands in Redis: one JSON object, its numbers as digits.
std::string to_json(const ports::node_record& n);
/// Nothing when it is no such object.
std::optional<ports::node_record> node_from_json(const std::string& text);

/// "epoch incarnation node"; "" for a slot that nobody has.
std::string to_text(const ports::slot_record& s);
ports::slot_record slot_from_text(std::string_view text);

} // namespace troupe::redis
