#pragma once
// One row of the schema: a key bound to a member, with everything the loader, the checks and the documents need to
// know.

#include <functional>
#include <string>
#include <string_view>

namespace YAML {
class Node;
}

namespace troupe::app {

enum class secrecy {
  open,
  secret, ///< shown as ***
  url,    ///< the password inside the URL is shown as ***
  connection, ///< the same, or the passwords among the words (password=...), also in the URL's query
};

/// Called for each mistake: the node it is at, the key below the option's own ("[2].to", or empty), what was expected.
using mistake = std::function<void(const YAML::Node& at, const std::string& below, const std::string& message)>;

template<class Owner>
struct option {
  std::string_view key; ///< "engine.ping_interval_ms"
  std::string accepts;  ///< "a whole number from 0 to 65535": for errors and for the reference
  std::string_view doc; ///< what it does
  /// Sets the member from the node, or says what is wrong and leaves it.
  std::function<void(const YAML::Node&, Owner&, const mistake&)> read;
  /// The member as YAML; what `hide` covers is left out. Starts with a line break when it needs lines of its own.
  std::function<std::string(const Owner&, secrecy hide)> yaml;
  bool structured = false;  ///< a list or a map: text from the environment that starts with [ or { is parsed as YAML
  std::string_view alias{}; ///< an environment variable that teams already set
  secrecy hide = secrecy::open;

  option&& with_alias(std::string_view name) && {
    alias = name;
    return std::move(*this);
  }
  option&& hidden(secrecy how = secrecy::secret) && {
    hide = how;
    return std::move(*this);
  }
};

} // namespace troupe::app
