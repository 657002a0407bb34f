#include "core/ws/handshake.hpp"
#include "fuzz/target.hpp"

namespace troupe::fuzz {

void check_ws_offer(std::string_view bytes) {
  const auto answer = ws::negotiate_deflate(bytes);
  require(
    answer.empty() || answer.starts_with("permessage-deflate; server_no_context_takeover"),
    "the answer is one of ours");
  require(ws::accept_key(bytes).size() == 28, "a key's answer is a SHA-1 in base64");
}

std::vector<std::string> ws_offer_corpus() {
  return {
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; server_max_window_bits=15; client_no_context_takeover",
    "x; a=\"b, c; d\", permessage-deflate; server_no_context_takeover; client_max_window_bits=\"12\"",
  };
}

} // namespace troupe::fuzz
