#include "core/ws/deflate.hpp"

#include "fuzz/target.hpp"

namespace troupe::fuzz {

void check_deflate(std::string_view bytes) {
  constexpr std::size_t limit = 4096;
  const auto inflated = ws::inflate_message(bytes, limit);
  require(!inflated || inflated->size() <= limit, "inflation keeps its limit");
  if (!inflated) {
    require(inflated.error().code == "too_big" || inflated.error().code == "bad_deflate", "errors have their codes");
    return;
  }
  const auto again = ws::inflate_message(ws::deflate_message(*inflated), limit);
  require(again && *again == *inflated, "what is deflated comes back");
}

std::vector<std::string> deflate_corpus() {
  std::vector<std::string> out = {
    std::string("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8), std::string("\x00\x05\x00\xfa\xffHello\x00", 11)};
  for (const auto& text :
       {std::string(), std::string("42[\"event\",{\"text\":\"to be or not to be, not to be or to be\"}]"),
        std::string(5000, 'x')})
    out.push_back(ws::deflate_message(text));
  return out;
}

} // namespace troupe::fuzz
