#pragma once

#include "core/logic/effects.hpp"

#include <cstdint>
#include <string>

namespace troupe::socketio {

/// `args.json` for a packet in which the attachments of `args` are not the first: each placeholder's number is raised by `before`.
std::string renumbered(const logic::arguments& args, std::uint64_t before);

} // namespace troupe::socketio
