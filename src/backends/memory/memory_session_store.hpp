#pragma once

#include "ports/session_store.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace troupe::memory {

struct session_shelf_options {
  duration window{120'000};            ///< how long a session waits for its client
  std::size_t max_sessions = 100'000;  ///< of clients that are away; the one that has waited longest goes first
};

/// Sessions in this process: of a node that is alone, or of several that share the object. Answers come before the calls return.
class memory_session_store : public ports::session_store {
 public:
  explicit memory_session_store(session_shelf_options o, std::function<time_point()> now = clock::now)
    : options_(o), now_(std::move(now)) {}

  using session_store::save;
  void save(const std::string& pid, const recovery::session_record& r, answered done) override;
  void leave(const std::string& pid, const recovery::stay& who) override;
  void forget(const std::string& pid, const recovery::stay& who) override;
  void take(const std::string& pid, const recovery::stay& by, taken done) override;
  void give_back(const std::string& pid, const recovery::stay& by) override;
  void save_journal(const journal_name& of, std::string bytes, std::function<void()> done) override;
  void find_journal(const journal_name& of, journal_found done) override;

  std::size_t size() const;

 private:
  struct kept {
    recovery::session_record what;
    recovery::stay owner;
    std::multimap<time_point, std::string>::iterator waits; ///< in `away_`; its end: the client is there
  };
  void set_waiting(kept& k, const std::string& pid, bool waiting);
  void sweep();

  const session_shelf_options options_;
  const std::function<time_point()> now_;
  mutable std::mutex lock_;
  std::unordered_map<std::string, kept> sessions_;
  std::multimap<time_point, std::string> away_; ///< end of its window -> pid
  struct left_behind {
    std::string bytes;
    time_point until;
  };
  std::map<journal_name, left_behind> journals_;
};

} // namespace troupe::memory
