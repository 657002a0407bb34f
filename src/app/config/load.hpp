#pragma once
// From files, environment and command line to one checked configuration.

#include "app/config.hpp"
#include "app/config/problem.hpp"

#include <boost/system/result.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace troupe::app {

/// `--set server.port=80`, or an option such as --port that stands for one.
struct override_setting {
  std::string key;
  std::string value;
  std::string origin = "--set";
};

/// Later ones win: defaults < file < aliases (REDIS_URL) < TROUPE_ variables < overrides.
struct sources {
  std::string file; ///< path of a YAML or JSON file; empty: none
  std::map<std::string, std::string> environment;
  std::vector<override_setting> overrides;
};

struct loaded {
  config values;
  std::map<std::string, std::string>
    origins;                         ///< key -> "troupe.yaml:12", "--set", ...; keys at their default are missing
  std::vector<std::string> warnings; ///< for the log: settings that have no effect, or are unwise
};

/// Every mistake at once, or a configuration in which all keys and their combinations are right.
using load_result = boost::system::result<loaded, problems>;
load_result load(const sources& from);

/// What `troupe` reads without --config: $TROUPE_CONFIG, else ./troupe.yaml if it is there, else nothing (empty).
std::string default_config_file(const std::map<std::string, std::string>& environment);

[[noreturn]] inline void throw_exception_from_error(const problems&, const boost::source_location&) {
  throw std::logic_error("unchecked configuration problems");
}

} // namespace troupe::app
