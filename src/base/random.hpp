#pragma once

#include <cstddef>

namespace troupe {

/// Fills `out` with random bytes fit for secrets, from the operating system. Any thread; a system call for every few hundred
/// small requests, and no byte is given twice or kept. Throws std::runtime_error when the system has none.
void fill_random(unsigned char* out, std::size_t size);

} // namespace troupe
