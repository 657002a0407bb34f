#include "core/socketio/decoder.hpp"
#include "fuzz/packet_check.hpp"
#include "fuzz/target.hpp"

#include <algorithm>

namespace troupe::fuzz {

void check_socketio_text(std::string_view bytes) {
  socketio::decoder d(tight_limits());
  for (bool more = true; more;) {
    const auto cut = bytes.find('\x1e');
    auto message = bytes.substr(0, cut);
    more = cut != bytes.npos;
    bytes.remove_prefix(more ? cut + 1 : bytes.size());
    const bool binary = message.starts_with('b');
    message.remove_prefix(binary ? 1 : 0);
    const auto r = d.on_message(message, binary);
    if (!r) {
      require(r.error().code == "parse_error" && !r.error().message.empty(), "errors have code and sentence");
      return;
    }
    if (*r)
      check_packet(**r);
  }
}

std::vector<std::string> socketio_text_corpus() {
  return {
    "0{\"token\":\"abc\"}\x1e"
    "2[\"hi\",1,{\"a\":[true,null]}]\x1e"
    "1",
    "0/custom\x1e"
    "2/custom,12[\"message\",\"h\xc3\xa9llo \\ud83c\\udfad\"]\x1e"
    "1/custom,",
    "3/custom,456[1,\"2\",{\"3\":[false]}]\x1e"
    "2[1,-2.5e3]\x1e"
    "30[]\x1e"
    "4{\"message\":\"no\"}",
    "51-[\"b\",{\"_placeholder\":true,\"num\":0}]\x1e"
    "b\x01\x02\x03\x1e"
    "2[\"next\"]",
    "53-/n,7[\"b\",{\"_placeholder\":true,\"num\":0},{\"x\":{\"num\":2,\"_placeholder\":true}}]\x1e"
    "bone\x1e"
    "b\x1e"
    "bthree",
    "61-9[{\"_placeholder\":true,\"num\":0}]\x1e"
    "bx",
    "2\x1e"
    "25\x1e"
    "3",
  };
}

} // namespace troupe::fuzz
