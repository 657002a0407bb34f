#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::engineio {

/// Names and values in one piece of memory, because every session keeps those of its handshake. Reading takes time linear in
/// the size. Neither may contain NUL, as no HTTP header and no text of a query that is of use does; what does is cut there.
class field_list {
 public:
  void reserve(std::size_t bytes) { packed_.reserve(bytes); }
  void add(std::string_view name, std::string_view value) {
    append(name);
    append(value);
  }

  /// The first value of this name; empty when there is none. Valid as long as the list is not changed.
  std::string_view find(std::string_view name) const {
    for (auto rest = std::string_view(packed_); !rest.empty();) {
      auto n = take(rest);
      auto value = take(rest);
      if (n == name)
        return value;
    }
    return {};
  }

  /// Calls `f(name, value)` for each, in order.
  template <class F>
  void for_each(F f) const {
    for (auto rest = std::string_view(packed_); !rest.empty();) {
      const auto n = take(rest);
      f(n, take(rest));
    }
  }
  std::size_t bytes() const { return packed_.size(); }

  /// Gives back what growing has reserved.
  void shrink() { packed_.shrink_to_fit(); }

 private:
  void append(std::string_view s) {
    packed_.append(s.substr(0, s.find('\0')));
    packed_.push_back('\0');
  }
  static std::string_view take(std::string_view& rest) {
    auto s = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(s.size() + 1);
    return s;
  }

  std::string packed_;
};

} // namespace troupe::engineio
