#include "base/random.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace troupe {
namespace {

void ask_system(unsigned char* out, std::size_t size) {
  while (size > 0) {
    auto n = ::getrandom(out, size, 0);
    if (n < 0 && errno != EINTR)
      throw std::runtime_error("the operating system gives no random bytes");
    if (n > 0) {
      out += n;
      size -= static_cast<std::size_t>(n);
    }
  }
}

struct pool {
  std::array<unsigned char, 4096> bytes;
  std::size_t left = 0;
};

} // namespace

void fill_random(unsigned char* out, std::size_t size) {
  thread_local pool p;
  if (size > p.bytes.size())
    return ask_system(out, size);
  if (size > p.left) {
    ask_system(p.bytes.data(), p.bytes.size());
    p.left = p.bytes.size();
  }
  p.left -= size;
  auto* from = p.bytes.data() + p.left;
  std::memcpy(out, from, size);
  std::memset(from, 0, size);
}

} // namespace troupe
