#include "net/outbox.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <random>
#include <string>

using namespace troupe;
using net::outbox;

namespace {

frame_ptr make(std::string bytes, bool is_volatile = false) { return frame_ptr(new frame(std::move(bytes), {}, is_volatile)); }

std::string gathered(const outbox& o) {
  std::array<iovec, outbox::max_gather> v;
  std::string out;
  for (std::size_t i = 0, n = o.gather(v); i < n; ++i)
    out.append(static_cast<char*>(v[i].iov_base), v[i].iov_len);
  return out;
}

} // namespace

TEST_CASE("what is written in arbitrary pieces comes out whole and in order") {
  std::mt19937 random(5);
  outbox o;
  std::string expected, written;
  for (int i = 0; i < 500; ++i) {
    auto bytes = std::string(1 + random() % 50, static_cast<char>('a' + i % 26));
    expected += bytes;
    o.push(make(bytes));
    if (random() % 3 == 0) {
      auto all = gathered(o);
      auto n = random() % (all.size() + 1);
      written += all.substr(0, n);
      o.consume(n);
    }
  }
  while (!o.empty()) {
    auto all = gathered(o);
    written += all;
    o.consume(all.size());
  }
  CHECK(written == expected);
  CHECK(o.bytes() == 0);
}

TEST_CASE("volatile frames can be taken back until they have begun to be written") {
  outbox o;
  o.push(make("VVVV", true));
  o.push(make("keep"));
  o.push(make("vv", true));
  o.consume(2); // the first is on its way
  CHECK(o.drop_volatile() == 1);
  CHECK(gathered(o) == "VVkeep");
  CHECK(o.bytes() == 6);
}
