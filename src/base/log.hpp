#pragma once
// The log, for every part but core (core returns reasons; whoever executes the effect logs it, once).
//
//   log::info("session-closed", "sid={} user={} reason={}", sid, user, reason);
//   log::warn("redis-lost", "url={} retry_ms={}: rooms go on from memory", url, 250);
//
// The first argument is the event: a fixed kebab-case name that people search for. `name={}` makes a field, up to the next
// space: in text it reads `user=ann` (quoted when it holds spaces or the like), in JSON it is also a member of its own.
// What clients sent may be passed as it is: control characters are escaped, long values cut. Secrets are never passed.
// Placeholders are `{}` or `{:spec}`, in order; a specification inside a specification (`{:>{}}`) is not understood.

#include <fmt/core.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::log {

enum class level : std::uint8_t { trace, debug, info, warn, error, off };

std::string_view to_string(level l);
/// "trace", "debug", "info", "warn", "error" or "off".
std::optional<level> level_from(std::string_view name);

struct field {
  std::string_view name;
  std::string value;   ///< as it came; may hold anything
  bool number = false; ///< `value` is a JSON number or true/false
};

/// One line of the log.
struct record {
  log::level level;
  std::string_view event;
  std::string message;       ///< the formatted text: one line, printable
  std::vector<field> fields; ///< in the order of the format text
};

/// Where records go. Called from any thread, must not block for long and must not log.
class sink {
 public:
  virtual ~sink() = default;
  virtual void write(const record& r) = 0;
};

/// Sends everything from now on to `s`, which must live until the next call; nullptr: plain text to standard error,
/// which is also what happens before the first call. Returns the sink that was set before.
sink* set_sink(sink* s);

/// Records below `l` are not even formatted. At first: info.
void set_level(level l);

namespace detail {
inline std::atomic<level> threshold{level::info};
void write(level l, std::string_view event, fmt::string_view format, fmt::format_args args);
} // namespace detail

inline bool enabled(level l) {
  return l >= detail::threshold.load(std::memory_order_relaxed);
}

template<class... Args>
void trace(std::string_view event, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(level::trace))
    detail::write(level::trace, event, format, fmt::make_format_args(args...));
}
template<class... Args>
void debug(std::string_view event, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(level::debug))
    detail::write(level::debug, event, format, fmt::make_format_args(args...));
}
template<class... Args>
void info(std::string_view event, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(level::info))
    detail::write(level::info, event, format, fmt::make_format_args(args...));
}
template<class... Args>
void warn(std::string_view event, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(level::warn))
    detail::write(level::warn, event, format, fmt::make_format_args(args...));
}
template<class... Args>
void error(std::string_view event, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(level::error))
    detail::write(level::error, event, format, fmt::make_format_args(args...));
}

} // namespace troupe::log
