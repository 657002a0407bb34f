// The entry of libFuzzer; TROUPE_FUZZ_TARGET names the target.

#include "fuzz/target.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto& t : troupe::fuzz::targets())
    if (t.name == TROUPE_FUZZ_TARGET)
      t.check({reinterpret_cast<const char*>(data), size});
  return 0;
}
