#pragma once

#include "core/session_ref.hpp"

#include <caf/actor.hpp>

#include <cstddef>
#include <vector>

namespace troupe::actors {

/// The connection actors of one shard by their session's slot. Only on the shard's thread.
class connection_table {
 public:
  void insert(session_ref who, caf::actor connection);
  void erase(session_ref who);
  /// Null when the session is gone.
  const caf::actor* find(session_ref who) const;
  std::size_t size() const { return size_; }

  template <class F>
  void for_each(F f) const {
    for (auto& e : slots_)
      if (e.connection)
        f(e.connection);
  }

 private:
  struct entry {
    caf::actor connection;
    std::uint32_t generation = 0;
  };
  std::vector<entry> slots_; ///< sessions' slots are dense
  std::size_t size_ = 0;
};

} // namespace troupe::actors
