#pragma once

#include "base/error.hpp"
#include "load/options.hpp"
#include "load/report/result.hpp"

namespace troupe::load {

/// Fills in what follows from other options and says what cannot work. Errors: a code and a sentence for the user.
result<options> prepare(options o);

/// Runs a scenario in this thread, with progress on standard error. `o` has been prepared. Errors: what kept it from
/// starting; everything that went wrong afterwards is in the result.
result<run_result> run(const options& o);

} // namespace troupe::load
