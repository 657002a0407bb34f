#pragma once
// Values as PostgreSQL sends and receives them in binary.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace troupe::postgres {

/// bigint holds what is above its end as its end: no position is ever there.
std::string as_bigint(std::uint64_t n);
std::uint64_t from_bigint(std::string_view bytes);

/// bigint[] or bytea[], value by value, of `count` values altogether.
class array_writer {
 public:
  enum class of : std::uint32_t { bytea = 17, bigint = 20 }; ///< PostgreSQL's numbers for its types
  array_writer(of type, std::size_t count, std::size_t bytes_expected);
  void add(std::string_view value);
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

} // namespace troupe::postgres
