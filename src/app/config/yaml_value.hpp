#pragma once
// Single values between YAML and C++. Reading is strict: what is not wholly the wanted type is nothing.

#include "app/config/option.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::app {

/// true, false, yes, no, on, off in any case, and 1 and 0 for the sake of environment variables.
std::optional<bool> read_bool(const YAML::Node& n);
/// Decimal digits only; a quoted number is a number.
std::optional<std::int64_t> read_number(const YAML::Node& n);
/// Any scalar; for a text option `port: 80` is the text "80".
std::optional<std::string> read_text(const YAML::Node& n);
/// A sequence of scalars, or one text with commas between the elements.
std::optional<std::vector<std::string>> read_list(const YAML::Node& n);

/// Text from the environment or --set: parsed when `structured` and it starts with [ or {, else one scalar, whatever it
/// holds. Throws YAML::Exception.
YAML::Node node_from_text(const std::string& text, bool structured);

/// Plain when no reader could take it for something else, otherwise in double quotes.
std::string yaml_text(const std::string& s);
std::string yaml_text(const std::vector<std::string>& list);

/// The secret part replaced by ***; an empty text stays empty, so that one sees that it is not set.
std::string masked(const std::string& s, secrecy hide);

/// "found \"abc\"", shortened and printable; "found a list" and the like for other nodes.
std::string describe(const YAML::Node& n);

} // namespace troupe::app
