#pragma once
// Asking a running node over its HTTP API, for the commands that do.

#include "base/error.hpp"
#include "base/time.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace troupe::app {

struct node_address {
  std::string url = "http://localhost:3001"; ///< http or https, with a path if a proxy puts the node below one
  std::string key;                           ///< one of auth.api_keys; never printed
  std::string ca_file;                       ///< PEM; empty: the authorities that the system trusts
  duration timeout{10'000};
};

/// One request to /api/v1, blocking; `path` begins behind that. An empty `body` is none. Gives the answer's JSON.
/// Errors: `node_unreachable` (the address is wrong, nobody answers there, or it is no node), and whatever the node refused by.
result<nlohmann::ordered_json> ask_node(const node_address& at, const std::string& method, const std::string& path,
                                        const std::string& body = {});

} // namespace troupe::app
