#pragma once

#include "load/options.hpp"
#include "load/report/result.hpp"

#include <string>

namespace troupe::load {

/// A machine's view: one JSON object, described field by field in docs/load.md. Names stay as they are; new ones may
/// come.
std::string to_json(const options& o, const run_result& r);

/// A person's view.
std::string to_table(const options& o, const run_result& r);

std::string name_of(scenario_kind k);

} // namespace troupe::load
