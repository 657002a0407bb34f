#pragma once
// The objects that a room's members see about each other.

#include "core/cluster/query_book.hpp"
#include "core/room/room_model.hpp"

#include <string>
#include <string_view>

namespace troupe::room {

/// `{"room":..,"userId":..,"socketId":..}` of `room_joined` and `room_left`.
std::string membership(std::string_view room, const member& who);
/// `{"room":..,"userId":..,"typing":..}`
std::string typing(std::string_view room, std::string_view user, bool active);
/// `{"documentId":..,"userId":..,"changes":..,"version":n}`; `changes` is any valid JSON value.
std::string document_update(std::string_view document, std::string_view user, std::string_view changes, std::uint64_t version);

/// `{"ok":true,"room":..,"members":[{"socketId":..,"userId":..}],"count":n}`: at most `max` of the members here, and
/// how many there are, here and elsewhere.
std::string member_list(const room_model& model, std::size_t max, std::uint64_t count);
/// The same of what all nodes have answered. Nodes that did not are named: `"silent":["n2"]`.
std::string member_list(std::string_view room, const cluster::query_outcome& found, std::size_t max);

} // namespace troupe::room
