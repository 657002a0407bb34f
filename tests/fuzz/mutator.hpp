#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::fuzz {

/// Makes new inputs out of a corpus. The same seed gives the same inputs.
class mutator {
 public:
  explicit mutator(std::uint64_t seed) : random_(seed) {}
  std::string next(const std::vector<std::string>& corpus);

 private:
  std::size_t below(std::size_t n) { return n ? random_() % n : 0; }
  void mutate(std::string& text, const std::vector<std::string>& corpus);

  std::mt19937_64 random_;
};

} // namespace troupe::fuzz
