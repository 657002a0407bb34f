#include "fuzz/target.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace troupe::fuzz {
namespace {

constexpr std::array table = {
  target{"ws_frames", check_ws_frames, ws_frames_corpus},
  target{"ws_offer", check_ws_offer, ws_offer_corpus},
  target{"http_requests", check_http_requests, http_requests_corpus},
  target{"deflate", check_deflate, deflate_corpus},
  target{"engineio_payload", check_engineio_payload, engineio_payload_corpus},
  target{"socketio_text", check_socketio_text, socketio_text_corpus},
  target{"socketio_msgpack", check_socketio_msgpack, socketio_msgpack_corpus},
  target{"link_frames", check_link_frames, link_frames_corpus},
  target{"query_wire", check_query_wire, query_wire_corpus},
  target{"json_text", check_json_text, json_text_corpus},
};

} // namespace

std::span<const target> targets() {
  return table;
}

void require(bool holds, const char* invariant) {
  if (holds)
    return;
  std::fprintf(stderr, "broken invariant: %s\n", invariant);
  std::abort();
}

} // namespace troupe::fuzz
