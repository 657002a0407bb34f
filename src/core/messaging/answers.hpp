#pragma once
// The objects that acknowledgements carry.

#include "base/error.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::messaging {

/// `{"ok":false,"error":{"code":..,"message":..}}`
std::string refused(const error& why);
/// The same with the document's current version inside `error`.
std::string version_conflict(const error& why, std::uint64_t current);
/// The same with what was reached instead inside `error`: `"id":..,"seq":n,"ts":ms,"level":..`; an empty id is left out.
std::string level_not_reached(const error& why, std::string_view id, std::uint64_t seq, unix_ms ts, std::string_view level);
/// And of a document's update: `"version":n,"level":..`.
std::string update_level_not_reached(const error& why, std::uint64_t version, std::string_view level);
/// `{"ok":true,"room":..,"members":n}`
std::string joined(std::string_view room, std::size_t members);
/// `{"ok":true,"room":..}`
std::string left(std::string_view room);
/// `{"ok":true,"id":..,"room":..,"seq":n,"ts":ms,"level":..}`; an empty id or level is left out.
std::string published(std::string_view id, std::string_view room, std::uint64_t seq, unix_ms ts, std::string_view level = {});
/// `{"ok":true,"id":..,"status":..,"ts":ms}`; an empty id is left out.
std::string sent(std::string_view id, std::string_view status, unix_ms ts);
/// `{"ok":true,"documentId":..,"version":n}`
std::string updated(std::string_view document, std::uint64_t version);

} // namespace troupe::messaging
