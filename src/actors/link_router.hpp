#pragma once

#include "actors/hub.hpp"

#include <memory>

namespace troupe::actors {

/// Brings what comes over the links to the actors it is for. Made before the actors, because the links are; silent until `use`
/// and after `release`. Runs on the links' thread (and the bus's for `on_bus`).
class link_router : public ports::link_events {
 public:
  void use(std::shared_ptr<hub> h);
  void release();

  void on_up(const ports::link_peer& peer) override;
  void on_down(const ports::link_peer& peer, ports::link_end why) override;
  void on_message(const ports::link_peer& peer, std::string_view bytes) override;
  /// Something that all nodes hear.
  void on_bus(std::string_view bytes);
  /// Something for clients of this node, by another program.
  void on_letter(std::string_view json);

 private:
  std::shared_ptr<hub> current() const;

  mutable std::mutex mutex_;
  std::shared_ptr<hub> hub_;
};

} // namespace troupe::actors
