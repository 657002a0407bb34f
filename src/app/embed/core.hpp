#pragma once

#include "actors/actor_layer.hpp"
#include "app/config.hpp"
#include "app/embed/handlers.hpp"
#include "app/node/node.hpp"
#include "troupe/server.hpp"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::embed {

/// The node behind a `server`, and which handlers serve which namespace.
struct core final : logic::namespaces {
  std::map<std::string, std::string> settings;
  std::map<std::string, std::shared_ptr<handlers>, std::less<>> exact;
  std::map<std::string, std::shared_ptr<handlers>, std::less<>> prefixes; ///< without the star
  std::vector<app::raw_endpoint> raw;
  std::unique_ptr<app::node> node;
  std::mutex mutex;
  std::condition_variable stopped_changed;
  bool stopped = false;

  std::shared_ptr<logic::namespace_logic> find(std::string_view nsp) override;
  void on_server_event(logic::server_event e) override;
  /// Null before `start` and after `stop`.
  actors::actor_layer* layer() { return node ? &node->actors() : nullptr; }
};

} // namespace troupe::embed
