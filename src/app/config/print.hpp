#pragma once

#include "app/config/load.hpp"

namespace troupe::app {

/// The effective configuration as YAML that load() reads back; secrets are ***. With origins each line says in a
/// comment where its value came from.
std::string print_config(const loaded& l, bool with_origins);

/// config/troupe.example.yaml: every option with its default and a comment.
std::string print_example();

/// docs/configuration.md.
std::string print_reference();

} // namespace troupe::app
