#pragma once

#include "actors/actor_layer.hpp"
#include "app/http/json_body.hpp"

namespace troupe::app {

/// Adds to an answer what it lacks: `silent`, the nodes that did not answer and why, and `cut`, when there was more than asked for.
/// Neither is there when nothing is missing.
void add_reach(json_value& body, const actors::reach& r);

} // namespace troupe::app
