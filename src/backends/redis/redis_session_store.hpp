#pragma once

#include "backends/redis/client.hpp"
#include "ports/session_store.hpp"

namespace troupe::redis {

/// One hash a session, `<prefix>{<cluster>:<pid>}:session`: `stay`, who has it, and `record`. Each call is one script. A session
/// that is saved again within half a window stays for at least a window after its node has died.
class redis_session_store final : public ports::session_store {
 public:
  redis_session_store(std::shared_ptr<client> c, std::string cluster, duration window);

  using session_store::save;
  void save(const std::string& pid, const recovery::session_record& r, answered done) override;
  void leave(const std::string& pid, const recovery::stay& who) override;
  void forget(const std::string& pid, const recovery::stay& who) override;
  void take(const std::string& pid, const recovery::stay& by, taken done) override;
  void give_back(const std::string& pid, const recovery::stay& by) override;
  void save_journal(const journal_name& of, std::string bytes, std::function<void()> done) override;
  void find_journal(const journal_name& of, journal_found done) override;

 private:
  std::string key_of(const std::string& pid) const;
  std::string key_of(const journal_name& of) const;

  std::shared_ptr<client> client_;
  std::string cluster_;
  std::string window_, live_; ///< milliseconds
};

} // namespace troupe::redis
