#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::socketio {

/// Appends msgpack values in their shortest form.
class msgpack_writer {
 public:
  explicit msgpack_writer(std::string& out) : out_(out) {}

  void nil() { put(0xc0); }
  void boolean(bool b) { put(b ? 0xc3 : 0xc2); }
  void integer(std::int64_t n);
  void unsigned_integer(std::uint64_t n);
  /// An integer if it is one that JavaScript counts exactly (as its encoders do), else float64.
  void number(double n);
  void string(std::string_view s);
  void binary(std::string_view bytes);
  void array(std::size_t elements);
  void map(std::size_t members);

 private:
  void put(unsigned byte) { out_.push_back(static_cast<char>(byte)); }
  void put(unsigned tag, std::uint64_t n, int bytes);

  std::string& out_;
};

} // namespace troupe::socketio
