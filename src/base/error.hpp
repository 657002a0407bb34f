#pragma once
// Errors are values: a stable code that programs compare and a sentence that people read.

#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>

namespace troupe {

/// Why something was refused. `code` is a stable snake_case word listed in docs/errors.md; `message` is one sentence
/// that says what was wrong and, where there is one, what to do. Neither ever holds a secret.
struct error {
  std::string code;
  std::string message;

  bool operator==(const error&) const = default;
};

/// A value or the reason why there is none. Test with `if (!r)`, read with `*r` or `r.error()`.
template <class T>
using result = boost::system::result<T, error>;

/// Called by boost only when somebody reads `.value()` of a failed result, which is a bug of the caller.
[[noreturn]] inline void throw_exception_from_error(const error& e, const boost::source_location&) {
  throw std::logic_error("unchecked error: " + e.code);
}

} // namespace troupe
