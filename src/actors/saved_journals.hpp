#pragma once

#include "core/recovery/journal.hpp"
#include "ports/session_store.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace troupe::actors {

/// The journals that nodes have left behind at their end. Each is fetched once, whoever asks how often. Any thread.
class saved_journals : public std::enable_shared_from_this<saved_journals> {
 public:
  using journal_name = ports::session_store::journal_name;
  using told = std::function<void(std::optional<recovery::places_before>)>;

  /// `store` outlives all calls.
  explicit saved_journals(ports::session_store& store) : store_(store) {}

  /// What journal::before says of `event` and `rooms`; also nothing when there is no such journal, or the store is away.
  void ask(const journal_name& of, const recovery::said& event, std::vector<std::uint64_t> rooms, told done);

  static constexpr std::size_t max_kept = 16; ///< those asked for first go first

 private:
  struct question {
    recovery::said event;
    std::vector<std::uint64_t> rooms;
    told done;
  };
  using found = std::shared_ptr<const std::optional<recovery::journal>>;
  void on_found(const journal_name& of, result<std::optional<std::string>> r);
  static void answer(const std::optional<recovery::journal>& j, const question& q);

  ports::session_store& store_;
  std::mutex mutex_;
  std::map<journal_name, found> kept_;
  std::deque<journal_name> order_; ///< of `kept_`
  std::map<journal_name, std::vector<question>> waiting_;
};

} // namespace troupe::actors
