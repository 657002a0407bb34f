#pragma once
// What questions and answers (query_wire.hpp) are made of.

#include "core/cluster/wide_wire.hpp"
#include "core/cluster/wire.hpp"
#include "core/logic/effects.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::cluster::query_parts {

inline constexpr std::uint64_t format = 1;          ///< in front of everything, so that a later version can tell it from its own
inline constexpr std::size_t max_names = 10'000;    ///< rooms of a selection, of a socket
inline constexpr std::size_t max_attachments = 1'000;
inline constexpr std::size_t max_nsp = 255;

using wire::put;
using wire::reader;

inline void put(std::string& out, const std::string& text) { wire::put(out, std::string_view(text)); }
inline void put(std::string& out, bool flag) { wire::put(out, std::uint64_t{flag}); }

inline void put(std::string& out, const std::vector<std::string>& names) {
  wire::put(out, std::uint64_t{names.size()});
  for (auto& one : names)
    put(out, one);
}
inline std::vector<std::string> read_names(reader& in, std::size_t most = max_names) {
  std::vector<std::string> list;
  const auto n = in.number(most);
  for (std::uint64_t i = 0; i < n && in.ok(); ++i)
    list.emplace_back(in.text());
  return list;
}

inline std::string read_nsp(reader& in) {
  const auto nsp = in.text();
  if (nsp.empty() || nsp.size() > max_nsp)
    in.fail();
  return std::string(nsp);
}

inline void put(std::string& out, const logic::arguments& a) {
  put(out, a.json);
  put(out, a.attachments);
}
inline logic::arguments read_arguments(reader& in) {
  logic::arguments a;
  a.json = in.text();
  a.attachments = read_names(in, max_attachments);
  return a;
}

inline void put(std::string& out, const wide_selection& s) {
  put(out, s.nsp);
  put(out, s.rooms);
  put(out, s.except);
}
inline wide_selection read_selection(reader& in) {
  wide_selection s;
  s.nsp = read_nsp(in);
  s.rooms = read_names(in);
  s.except = read_names(in);
  return s;
}

} // namespace troupe::cluster::query_parts
